import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConnectionsModuleOptions } from '../connections-module-options.interface.js';
import { ConfigurationError } from '../../errors/index.js';
import { resolveOptions } from './resolve-options.js';

const CONTEXT = { routes: false, instance: 'default', production: false };
const GIVEN = {
  powens: { domain: 'acme-sandbox', clientId: '1', clientSecret: 'secret-of-a-test' },
  publicUrl: 'https://app.example.test',
  keys: `k1:${randomBytes(32).toString('base64')}`,
  webhooks: { auth: { type: 'bearer' } },
} as const;

/** What is wrong with options that a host without types may write, by option. */
function problemsOf(change: object): Record<string, string> {
  try {
    resolveOptions({ ...GIVEN, ...change }, CONTEXT);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return Object.fromEntries(error.problems.map(({ option, problem }) => [option, problem]));
    }
    throw error;
  }
  return {};
}

/** An object of the host's own, with properties that are no options. */
class Own {
  readonly another = { cleintId: 1 };
  readonly resolveOwner = (): string => 'ann';
  readonly dispatch = (): boolean => true;
}

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

  it('should refuse unknown options at every depth, and name the nearest [H23]', () => {
    expect(
      problemsOf({
        webhook: {},
        powens: { ...GIVEN.powens, cleintId: '1' },
        webhooks: { auth: { type: 'hmac', secrets: 'wh_7dK2sQmZ1pTg', tolerenceSeconds: 1 } },
        outbox: { colour: 'red', clientSecret: 'x' },
        reconciliation: { intervalHour: undefined },
      }),
    ).toEqual({
      webhook: 'is unknown. Did you mean "webhooks"?',
      'powens.cleintId': 'is unknown. Did you mean "powens.clientId"?',
      'webhooks.auth.tolerenceSeconds': 'is unknown. Did you mean "webhooks.auth.toleranceSeconds"?',
      'outbox.colour': 'is unknown. Remove it.',
      'outbox.clientSecret': 'is unknown. Did you mean "powens.clientSecret"?',
    });
  });

  it('should not look into what is the own of the host [H23]', () => {
    const own = new Own();
    const options = {
      ...{ owner: own, audit: () => undefined, returnTo: { targets: { anyName: 'https://a.test/' } } },
      powens: { ...GIVEN.powens, dispatcher: own },
      outbox: Object.assign(new Own(), { relay: false }),
    };
    expect(problemsOf(options)).toEqual({});
    const given = { ...GIVEN, keys: undefined, keyProvider: Object.assign(own, { loadKeys: () => 'k' }) };
    expect(resolveOptions(given as unknown as ConnectionsModuleOptions, CONTEXT).keyProvider).toBe(own);
  });

  it('should name all problems in one message, whatever they are [H23]', () => {
    const options = {
      ...{
        publicUrl: undefined,
        keys: '',
        lang: 5,
        preflight: 'no',
        routes: false,
        powens: { domain: 'a/b' },
      },
      outbox: { relay: 'false', batchSize: '5', x: 1 },
      lifecycle: { leaseSeconds: 3 },
      webhooks: {},
      returnTo: { default: 'https://evil.test/', targets: { app: 'http://a.test', '/': 'https://a.test' } },
    };
    const problems = problemsOf(options);
    expect(Object.keys(problems).sort()).toEqual(
      [
        ...['keys', 'lang', 'lifecycle.leaseSeconds', 'outbox.batchSize', 'outbox.relay', 'outbox.x'],
        ...['powens.clientId', 'powens.clientSecret', 'powens.domain', 'preflight', 'publicUrl', 'routes'],
        ...['returnTo.targets', 'returnTo.targets.app', 'webhooks.auth'],
      ].sort(),
    );
    expect(problems['outbox.relay']).toBe('must be true or false.');
    expect(problems['routes']).toContain('beside useFactory');
    const refusal = (): unknown => resolveOptions({ ...GIVEN, ...options } as never, CONTEXT);
    for (const option of Object.keys(problems)) {
      expect(refusal).toThrow(new RegExp(`^- option "${option.replaceAll('.', '\\.')}" `, 'm'));
    }
  });

  it.each([undefined, null, 'text'])('should refuse %j for all options [H23]', (given) => {
    expect(() => resolveOptions(given as never, CONTEXT)).toThrow(ConfigurationError);
  });

  it.each(['powens', 'outbox', 'webhooks', 'returnTo', 'database'])(
    'should refuse a text for the group %s [H23]',
    (option) => {
      expect(problemsOf({ [option]: 'text' })).toEqual({ [option]: 'must be an object.' });
    },
  );
});
