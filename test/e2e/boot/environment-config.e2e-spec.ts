import { ConnectionsModule } from 'nestjs-powens-connections';
import { connectionsConfig, type EnvironmentOptions } from 'nestjs-powens-connections/config';
import { afterEach, expect, it, vi } from 'vitest';
import { startFlowApp } from '../../helpers/flow/flow-app.js';
import { connect } from '../../helpers/flow/person.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('should serve the flow from the environment, with an owner of the application [H30]', async () => {
  const app = await startFlowApp({
    register: ({ powens, publicUrl, keys, owner, preparedStatements }, extras) => {
      const variables = {
        POWENS_DOMAIN: powens.domain,
        POWENS_CLIENT_ID: powens.clientId,
        POWENS_CLIENT_SECRET: powens.clientSecret,
        POWENS_API_URL: powens.apiUrl,
        POWENS_WEBVIEW_URL: powens.webviewUrl,
        PUBLIC_URL: publicUrl,
        CONNECTIONS_KEYS: String(keys),
        CONNECTIONS_INSECURE_LOOPBACK: 'true',
        CONNECTIONS_PREPARED_STATEMENTS: String(preparedStatements),
        CONNECTIONS_RETURN_TO: '/banks',
      };
      Object.entries(variables).forEach(([name, value]) => vi.stubEnv(name, value));
      return [
        ConnectionsModule.forRootAsync({
          ...connectionsConfig.asProvider(),
          useFactory: (config: EnvironmentOptions) => ({ ...config, ...(owner && { owner }) }),
          ...extras,
        }),
      ];
    },
  });
  const browser = app.browser('ann');
  const { landed } = await connect(app, browser);
  expect(landed.location).toMatch(/^\/banks\?attempt=/);
  await app.close();
});
