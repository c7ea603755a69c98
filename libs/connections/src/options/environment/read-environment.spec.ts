import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../errors/index.js';
import { resolveOptions } from '../resolve/resolve-options.js';
import { optionsFromEnvironment, type Variables } from './read-environment.js';

const REQUIRED = {
  POWENS_DOMAIN: 'acme-sandbox',
  POWENS_CLIENT_ID: '20000001',
  POWENS_CLIENT_SECRET: 'made-up',
  PUBLIC_URL: 'https://app.example.com',
  CONNECTIONS_KEYS: 'k1:made-up',
};

function problemsOf(variables: Variables): readonly string[] {
  try {
    resolveOptions(optionsFromEnvironment(variables), {
      routes: false,
      production: false,
      instance: 'default',
    });
  } catch (error) {
    return error instanceof ConfigurationError ? error.problems.map(({ option }) => option) : [String(error)];
  }
  return [];
}

describe(optionsFromEnvironment.name, () => {
  it('should convert texts to what the options take [H30]', () => {
    const variables = {
      ...REQUIRED,
      POWENS_TOTAL_TIMEOUT_MS: '5000',
      POWENS_WEBHOOK_SECRET: 'wh_first-secret,wh_second-secret',
      CONNECTIONS_RELAY: 'false',
      CONNECTIONS_PREFLIGHT: 'true',
      CONNECTIONS_RETURN_TO: '/banks',
    };
    expect(optionsFromEnvironment(variables)).toEqual({
      powens: {
        domain: 'acme-sandbox',
        clientId: '20000001',
        clientSecret: 'made-up',
        totalTimeoutMs: 5000,
      },
      publicUrl: 'https://app.example.com',
      keys: 'k1:made-up',
      webhooks: { auth: { type: 'hmac', secrets: ['wh_first-secret', 'wh_second-secret'] } },
      outbox: { relay: false },
      preflight: true,
      returnTo: { default: '/banks' },
    });
    expect(problemsOf(variables)).toEqual([]);
  });

  it('should take an empty variable for a missing one [H30]', () => {
    expect(optionsFromEnvironment({ ...REQUIRED, CONNECTIONS_RELAY: '', CONNECTIONS_LANG: ' ' })).toEqual(
      optionsFromEnvironment(REQUIRED),
    );
  });

  it('should not turn webhooks on without their secret [H30]', () => {
    expect(
      optionsFromEnvironment({ ...REQUIRED, CONNECTIONS_WEBHOOK_PROCESSING: 'false' }),
    ).not.toHaveProperty('webhooks');
  });

  it('should leave what is missing or wrong to the check of the options [H30]', () => {
    const variables = {
      POWENS_DOMAIN: 'acme',
      POWENS_TOTAL_TIMEOUT_MS: 'soon',
      CONNECTIONS_RELAY: 'yes',
      CONNECTIONS_KEYS: 'k1:made-up',
    };
    expect([...problemsOf(variables)].sort()).toEqual([
      'outbox.relay',
      'powens.clientId',
      'powens.clientSecret',
      'powens.totalTimeoutMs',
      'publicUrl',
    ]);
  });
});
