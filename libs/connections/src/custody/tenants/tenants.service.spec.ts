import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { tenantClientReader } from '../../options/registration/tenant-settings.js';
import type { TenantsOptions } from '../../options/registration/tenants-options.interface.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import { Tenants } from './tenants.service.js';

const SECRET = randomBytes(32).toString('base64');
const [a1, a2, b1] = ['a1', 'a2', 'b1'].map((id) => `${id}:${randomBytes(32).toString('base64')}`) as [
  string,
  string,
  string,
];
const ANN = { id: 'ann', tenant: 'acme' };
const TOKEN = AccessToken.of('made-up-token');

const keysOf = (resolve: unknown, instance = 'default', timeoutMs = 300_000): Tenants =>
  new Tenants({
    instance,
    tenants: {
      resolve: resolve as TenantsOptions['resolve'],
      readClient: tenantClientReader({ insecureLoopback: false }),
      cache: { max: 10, ttlSeconds: 0 },
      timeoutMs,
    },
  });
const always = (keys: unknown, instance?: string): Tenants => keysOf(() => ({ keys }), instance);
const clearOf = (token: AccessToken): string => token.use((clear) => clear);
const sealedBy = async (keys: Tenants, owner = ANN): Promise<AccessToken> =>
  (await keys.tenantOf(owner)).seal(TOKEN);

describe(Tenants.name, () => {
  let logged: string[];

  beforeEach(() => {
    logged = [];
    vi.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => {
      logged.push(String(line));
    });
  });

  it('should open what the primary key of the tenant sealed, also once it is the second', async () => {
    const content = await sealedBy(always(a1));
    expect(clearOf(content)).toMatch(/^tenant:cx1\.a256gcm\.a1\./);
    expect(clearOf(content)).not.toContain('made-up-token');
    for (const keys of [a1, [a2, a1], `${a2},${a1}`]) {
      expect(clearOf(await always(keys).open(ANN, content))).toBe('made-up-token');
    }
  });

  it.each([
    ['a key of the same id', 'token_tampered', always(a1.replace(/:.*/, `:${SECRET}`)), ANN],
    ['another tenant with the same key', 'token_tampered', always(a1), { ...ANN, tenant: 'globex' }],
    ['another owner', 'token_tampered', always(a1), { ...ANN, id: 'ben' }],
    ['another instance', 'token_tampered', always(a1, 'other'), ANN],
    ['another key', 'key_unavailable', always(b1), ANN],
    ['no keys', 'key_unavailable', always(null), ANN],
    ['no such tenant', 'key_unavailable', keysOf(() => null), ANN],
    ['no option', 'key_unavailable', new Tenants({ instance: 'default', tenants: null }), ANN],
    ['no tenant', 'key_unavailable', always(a1), { ...ANN, tenant: '' }],
  ])('should not open it for %s', async (_, code, keys, owner) => {
    const content = await sealedBy(always(a1));
    await expect(keys.open(owner, content)).rejects.toMatchObject({ code });
  });

  it('should pass a token unchanged where no key of a tenant sealed it, and ask nobody', async () => {
    const resolve = vi.fn();
    expect(await keysOf(resolve).open(ANN, TOKEN)).toBe(TOKEN);
    expect((await keysOf(resolve).tenantOf({ ...ANN, tenant: '' })).seal(TOKEN)).toBe(TOKEN);
    expect(resolve).not.toHaveBeenCalled();
    expect(await sealedBy(always(null))).toBe(TOKEN);
    // It was stored before the tenant had keys.
    expect((await always(a1).tenantOf(ANN)).open(TOKEN)).toBe(TOKEN);
  });

  it.each([
    ['throws', () => Promise.reject(new RangeError(SECRET)), 'failed with RangeError'],
    [
      'throws at once',
      () => {
        throw new RangeError(SECRET);
      },
      'failed with RangeError',
    ],
    ['gives nothing', () => undefined, 'gave no keys'],
    ['forgets the keys', () => ({}), 'gave no keys'],
    ['gives a text', () => a1, 'gave no keys'],
    ['gives numbers', () => ({ keys: [1] }), 'gave no keys'],
    ['gives an empty text', () => ({ keys: '' }), 'entry 1'],
    ['gives an empty list', () => ({ keys: [] }), 'has no entry'],
    ['gives a key without an id', () => ({ keys: SECRET }), 'entry 1'],
    [
      'forgets the client secret',
      () => ({ keys: null, powens: { clientId: '7' } }),
      '"powens.clientSecret" is missing',
    ],
    [
      'gives a client id that is none',
      () => ({ keys: null, powens: { clientId: SECRET, clientSecret: SECRET } }),
      '"powens.clientId" must be the digits',
    ],
    ['gives a text as client', () => ({ keys: null, powens: SECRET }), '"powens" must be an object'],
    [
      'gives a path as redirect URI',
      () => ({ keys: null, redirectUri: '/callback' }),
      '"redirectUri" is not an absolute URL',
    ],
    [
      'gives a redirect URI without TLS',
      () => ({ keys: null, redirectUri: 'http://acme.example' }),
      'must start with https',
    ],
    [
      'gives a redirect URI with a query',
      () => ({ keys: null, redirectUri: 'https://acme.example/?a' }),
      'must not have a query',
    ],
    [
      'misspells a setting',
      () => ({ keys: null, redirectUrl: 'https://acme.example' }),
      'Did you mean "redirectUri"?',
    ],
    [
      'misspells a part',
      () => ({ keys: null, powens: { clientID: '7' } }),
      'Did you mean "powens.clientId"?',
    ],
  ])(
    'should refuse to seal for a resolver that %s, and keep its values out of the log',
    async (_, resolve, text) => {
      const keys = keysOf(resolve);
      await expect(keys.tenantOf(ANN)).rejects.toMatchObject({
        code: 'tenant_unavailable',
        message: expect.stringContaining(text) as string,
      });
      expect(logged.join()).toContain('Tenant "acme"');
      expect(logged.join()).not.toContain(SECRET);
    },
  );

  it('should give the client of a tenant, and of none where the host names none', async () => {
    const given = {
      keys: null,
      powens: { clientId: '7', clientSecret: SECRET },
      redirectUri: 'https://acme.example/connections/callback',
    };
    const tenants = keysOf(() => given);
    const { application, redirectUri } = await tenants.tenantOf(ANN);
    expect(redirectUri).toBe(given.redirectUri);
    expect(application?.clientId).toBe('7');
    expect(application?.clientSecret.use((secret) => secret)).toBe(SECRET);
    expect(JSON.stringify(application)).not.toContain(SECRET);
    expect(await tenants.applicationOf(ANN)).toEqual(application);
    for (const nothing of [{ keys: null }, { keys: null, powens: null, redirectUri: null }]) {
      expect(await keysOf(() => nothing).tenantOf(ANN)).toMatchObject({
        application: null,
        redirectUri: null,
      });
    }
    expect(await tenants.tenantOf({ ...ANN, tenant: '' })).toMatchObject({
      application: null,
      redirectUri: null,
    });
    // A tenant that was removed: its users are deleted with the secret of the registration.
    expect(await keysOf(() => null).applicationOf(ANN)).toBeNull();
  });

  it('should give up a resolver that is too slow, and tell it so', async () => {
    let aborted = false;
    const slow = async (_: string, { signal }: { signal: AbortSignal }): Promise<never> => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    };
    await expect(keysOf(slow, 'default', 20).tenantOf(ANN)).rejects.toMatchObject({
      code: 'tenant_unavailable',
    });
    expect(aborted).toBe(true);
  });

  it('should ask again after a failure, and not be led by another tenant', async () => {
    const resolve = vi.fn(async (tenant: string) =>
      tenant === 'acme' ? Promise.reject(new Error('away')) : Promise.resolve({ keys: b1 }),
    );
    const keys = keysOf(resolve);
    const globex = { id: 'ann', tenant: 'globex' };
    const [acme, other] = await Promise.allSettled([keys.tenantOf(ANN), sealedBy(keys, globex)]);
    expect([acme.status, other.status]).toEqual(['rejected', 'fulfilled']);
    resolve.mockResolvedValue({ keys: a1 });
    expect(clearOf(await sealedBy(keys))).toContain('.a1.');
  });

  it('should seal a token of 4096 characters', async () => {
    const layer = await always(a1).tenantOf(ANN);
    const long = AccessToken.of('t'.repeat(4096));
    expect(clearOf(layer.open(layer.seal(long)))).toHaveLength(4096);
  });
});
