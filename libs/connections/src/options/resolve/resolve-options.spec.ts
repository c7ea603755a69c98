import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConnectionsModuleOptions } from '../connections-module-options.interface.js';
import { resolveOptions } from './resolve-options.js';

const CONTEXT = { routes: false, production: false };
const GIVEN = {
  powens: { domain: 'acme-sandbox', clientId: '1', clientSecret: 'secret-of-a-test' },
  publicUrl: 'https://app.example.test',
  keys: `k1:${randomBytes(32).toString('base64')}`,
  webhooks: { auth: { type: 'bearer' } },
} as const;

/** Every key of an object, undefined. */
const unset = (resolved: object): object =>
  Object.fromEntries(Object.keys(resolved).map((name) => [name, undefined]));

describe(resolveOptions.name, () => {
  const byDefault = resolveOptions(GIVEN, CONTEXT);

  it('should treat an option that is undefined as absent, whichever it is [H23]', () => {
    const options = {
      ...unset(byDefault),
      ...GIVEN,
      attemptLifetimeMinutes: undefined,
      redirectUri: undefined,
      returnTo: { default: undefined, targets: undefined },
      powens: { ...unset(byDefault.powens), ...GIVEN.powens },
      webhooks: { ...unset(byDefault.webhooks ?? {}), ...GIVEN.webhooks },
      outbox: unset(byDefault.outbox),
      lifecycle: unset(byDefault.lifecycle),
      limits: unset(byDefault.limits),
      losses: unset(byDefault.losses),
      reconciliation: unset(byDefault.reconciliation),
      database: unset(byDefault.database),
    } as unknown as ConnectionsModuleOptions;
    expect(resolveOptions(options, CONTEXT)).toEqual(byDefault);
    expect(byDefault.outbox.relay).toBe(true);
    expect(byDefault.powens.webviewUrl).toBe('https://webview.powens.com');
  });
});
