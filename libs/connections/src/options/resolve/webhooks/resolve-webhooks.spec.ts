import { describe, expect, it } from 'vitest';
import type { WebhooksOptions } from '../../background/webhooks-options.interface.js';
import { reconciliation } from '../resolve-background.js';
import type { ResolvedWebhooks } from './resolved-webhooks.js';
import { webhooksOption } from './resolve-webhooks.js';

const SECRET = 'wh_7dK2sQmZ1pTgVn4RbXcEoL8uYfAjHi35';

const resolveWebhooks = (given: WebhooksOptions | undefined): ResolvedWebhooks | null =>
  webhooksOption(given).read(given, 'webhooks');

/** What a host without types may write. */
function resolving(options: unknown): () => unknown {
  return () => resolveWebhooks(options as WebhooksOptions);
}

describe('the option webhooks', () => {
  it('should be off unless the host says otherwise', () => {
    expect(resolveWebhooks(undefined)).toBeNull();
  });

  it('should take one secret or several, as they are [W15, WH-10]', () => {
    for (const secrets of [SECRET, [SECRET], [SECRET, 'wh_next-one']]) {
      const auth = resolveWebhooks({ auth: { type: 'hmac', secrets } })?.auth;
      expect(auth).toEqual({
        type: 'hmac',
        secrets: typeof secrets === 'string' ? [secrets] : secrets,
        toleranceSeconds: 300,
      });
    }
  });

  it.each([
    ['with a line break', `${SECRET}\n`],
    ['with a carriage return', `${SECRET}\r\n`],
    ['with a space before it', ` ${SECRET}`],
    ['with a no-break space', `${SECRET}\u00a0`],
    ['with a byte order mark', `\ufeff${SECRET}`],
    ['with a space within', 'wh_7dK2 sQmZ1pTg'],
    ['that is empty', ''],
    ['that is short', 'wh_1234'],
    ['that is missing', undefined],
    ['that is a number', 1234567890],
    ['list that is empty', []],
    ['list with one bad', [SECRET, `${SECRET}\n`]],
    ['list with nothing in it', [undefined]],
  ])('should refuse to boot with a secret %s, and not print it [W15, WH-10]', (_, secrets) => {
    const boot = resolving({ auth: { type: 'hmac', secrets } });
    expect(boot).toThrow(/webhooks\.auth\.secrets/);
    expect(boot).toThrow(expect.not.objectContaining({ message: expect.stringContaining('7dK2') as string }));
  });

  it.each([undefined, null, {}, { type: 'none' }, { type: 'HMAC', secrets: SECRET }, 'hmac', true])(
    'should refuse to boot with auth %j: there is no quiet off switch',
    (auth) => {
      expect(resolving({ auth })).toThrow(/webhooks\.auth must|webhooks\.auth"?.*type/);
    },
  );

  it.each([
    ['clientId', { clientSecret: SECRET }],
    ['clientSecret', { clientId: '1' }],
    ['clientSecret', { clientId: '1', clientSecret: 'x'.repeat(31) }],
    ['clientSecret', { clientId: '1', clientSecret: `${SECRET}\n` }],
    ['tokenLifetimeSeconds', { clientId: '1', clientSecret: SECRET, tokenLifetimeSeconds: 59 }],
  ])('should refuse to boot without a good %s for OAuth', (name, auth) => {
    expect(resolving({ auth: { type: 'oauth', ...auth } })).toThrow(new RegExp(`webhooks\\.auth\\.${name}`));
  });

  it.each([
    '',
    '/',
    'connections/webhooks',
    '/connections/webhooks/',
    '//connections',
    '/a//b',
    'https://app.example/connections/webhooks',
    '/connections/webhooks?x=1',
    '/connections/webhooks#x',
    '/connections/web hooks',
    '/connections/webhooks\n',
  ])('should refuse to boot with the signed path %j [WH-03]', (signedPath) => {
    expect(resolving({ auth: { type: 'bearer' }, signedPath })).toThrow(/webhooks\.signedPath/);
  });

  it.each(['/api/v1/connections/webhooks', '/hooks', '/a.b/~c/%2Fd'])(
    'should take the signed path %s [WH-03]',
    (signedPath) => {
      expect(resolveWebhooks({ auth: { type: 'bearer' }, signedPath })?.signedPath).toBe(signedPath);
    },
  );

  it.each([
    ['maxBytes', 1023],
    ['maxBytes', 1.5],
    ['maxInflatedBytes', 1024],
    ['pollIntervalMs', 0],
    ['concurrency', 0],
    ['concurrency', 51],
    ['maxTries', 0],
    ['unknownHours', -1],
    ['bodyRetentionDays', 31],
    ['bodyRetentionDays', Number.NaN],
  ])('should refuse to boot with %s %d', (name, value) => {
    expect(resolving({ auth: { type: 'bearer' }, [name]: value })).toThrow(new RegExp(`webhooks\\.${name}`));
  });
});

describe('the option reconciliation', () => {
  it('should have defaults within its own ranges', () => {
    const defaults = reconciliation.read(undefined, 'reconciliation');
    expect(reconciliation.read(defaults, 'reconciliation')).toEqual(defaults);
  });

  it.each([
    ['intervalHours', 0],
    ['usersPerMinute', 0],
  ])('should refuse to boot with %s %d', (name, value) => {
    expect(() => reconciliation.read({ [name]: value }, 'reconciliation')).toThrow(
      new RegExp(`reconciliation\\.${name}`),
    );
  });
});
