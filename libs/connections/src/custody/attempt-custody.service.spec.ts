import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import type { AttemptBinding } from '../values/attempt-binding.js';
import { AccessToken } from '../values/secrets/access-token.js';
import { AuthorizationCode } from '../values/secrets/authorization-code.js';
import { AttemptCustody } from './attempt-custody.service.js';
import { KeyRing } from './crypto/key-ring.js';
import { macOf } from './crypto/mac.js';
import { NO_TENANTS } from './__support__/custody-of.js';
import { NO_TENANT } from './tenants/tenant.js';

const PROVIDER = { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' };
const [k1, k2] = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64')}`) as [string, string];

interface Place {
  readonly instance?: string;
  readonly provider?: typeof PROVIDER;
  readonly keys?: string;
}

function custodyOf({ instance = 'default', provider = PROVIDER, keys = k1 }: Place = {}): AttemptCustody {
  const options = { instance, powens: { provider } } as Pick<ResolvedOptions, 'instance' | 'powens'>;
  return new AttemptCustody(options, KeyRing.parse(keys), NO_TENANTS);
}

const ELSEWHERE: readonly (readonly [string, Place])[] = [
  ['instance', { instance: 'other' }],
  ['API', { provider: { ...PROVIDER, apiOrigin: 'https://other.biapi.pro' } }],
  ['client application', { provider: { ...PROVIDER, clientId: '30000001' } }],
];
const custody = custodyOf();

function refused(code: string): unknown {
  return expect.objectContaining({ code });
}

describe(AttemptCustody.name, () => {
  describe('the code of a callback', () => {
    const digests = { stateHash: randomBytes(32), bindingHash: randomBytes(32) };
    const sealed = custody.sealCode(AuthorizationCode.of('canary-code'), digests);

    it('should open for its state and browser [RL-04]', () => {
      expect(custody.openCode(sealed, digests).use((clear) => clear)).toBe('canary-code');
    });

    it.each(['stateHash', 'bindingHash'])('should not open for another %s', (field) => {
      expect(() => custody.openCode(sealed, { ...digests, [field]: randomBytes(32) })).toThrow(
        refused('token_tampered'),
      );
    });

    it('should not open where state and browser are exchanged', () => {
      const { stateHash, bindingHash } = digests;
      expect(() => custody.openCode(sealed, { stateHash: bindingHash, bindingHash: stateHash })).toThrow(
        refused('token_tampered'),
      );
    });

    it.each(ELSEWHERE)('should not open for another %s', (_, place) => {
      expect(() => custodyOf(place).openCode(sealed, digests)).toThrow(refused('token_tampered'));
    });

    it('should not open without its key', () => {
      expect(() => custodyOf({ keys: k2 }).openCode(sealed, digests)).toThrow(refused('key_unavailable'));
    });

    it('should not open as a token, whatever row names its digests', async () => {
      const id = digests.stateHash.toString('base64url');
      const owner = { id: digests.bindingHash.toString('base64url'), tenant: '' };
      await expect(custody.openToken(sealed, { id, owner })).rejects.toEqual(refused('token_tampered'));
    });
  });

  describe('the callback that an application passes back', () => {
    const attempt = { id: '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77', owner: { id: 'ann', tenant: '' } };
    const ticket = custody.sealTicket('state=s&code=c', attempt);

    it('should open for its attempt and owner', () => {
      expect(custody.openTicket(ticket, attempt)).toBe('state=s&code=c');
    });

    it.each([
      ['attempt', { ...attempt, id: '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a78' }],
      ['owner', { ...attempt, owner: { id: 'bob', tenant: '' } }],
      ['tenant', { ...attempt, owner: { id: 'ann', tenant: 'north' } }],
    ])('should not open for another %s', (_, other) => {
      expect(() => custody.openTicket(ticket, other)).toThrow(refused('token_tampered'));
    });

    it.each(ELSEWHERE)('should not open for another %s', (_, place) => {
      expect(() => custodyOf(place).openTicket(ticket, attempt)).toThrow(refused('token_tampered'));
    });

    it('should not open as a token of its attempt, nor a token as a callback', async () => {
      await expect(custody.openToken(ticket, attempt)).rejects.toThrow(refused('token_tampered'));
      const token = custody.sealToken(AccessToken.of('canary-token'), attempt, NO_TENANT);
      expect(() => custody.openTicket(token, attempt)).toThrow(refused('token_tampered'));
    });
  });

  describe('the token of an attempt', () => {
    const attempt = { id: '0195a7c2-7f3e-7b61-9d11-3f6a4e1b2c3d', owner: { id: 'anna', tenant: 'acme' } };
    const sealed = custody.sealToken(AccessToken.of('canary-token'), attempt, NO_TENANT);

    it('should open for its row and owner [RL-04]', async () => {
      expect((await custody.openToken(sealed, attempt)).use((clear) => clear)).toBe('canary-token');
    });

    it.each([
      ['attempt', { ...attempt, id: '0195a7c2-7f3e-7b61-9d11-000000000000' }],
      ['owner', { ...attempt, owner: { id: 'ben', tenant: 'acme' } }],
      ['tenant', { ...attempt, owner: { id: 'anna', tenant: 'other' } }],
    ])('should not open for another %s', async (_, other) => {
      await expect(custody.openToken(sealed, other)).rejects.toEqual(refused('token_tampered'));
    });

    it.each(ELSEWHERE)('should not open for another %s', async (_, place) => {
      await expect(custodyOf(place).openToken(sealed, attempt)).rejects.toEqual(refused('token_tampered'));
    });
  });

  describe('an attempt that was issued', () => {
    const binding: AttemptBinding = {
      id: '0195a7c2-7f3e-7b61-9d11-3f6a4e1b2c3d',
      instance: 'default',
      owner: { id: 'anna', tenant: 'acme', actor: 'the assistant' },
      flow: 'connect',
      expectsCode: true,
      redirectUri: 'https://app.example.com/connections/callback',
      returnTo: '/banks',
      connectionId: '0195a7c2-7f3e-7b61-9d11-111111111111',
      metadata: '{"from":"mail"}',
      stateHash: randomBytes(32),
      bindingHash: randomBytes(32),
    };
    const { actor, ...withoutActor } = binding.owner;
    const bare: AttemptBinding = {
      ...binding,
      owner: withoutActor,
      returnTo: null,
      connectionId: null,
      metadata: null,
    };
    const CHANGES: readonly (readonly [string, Partial<AttemptBinding>])[] = [
      ['id', { id: '0195a7c2-7f3e-7b61-9d11-000000000000' }],
      ['instance', { instance: 'other' }],
      ['owner', { owner: { ...binding.owner, id: 'ben' } }],
      ['tenant', { owner: { ...binding.owner, tenant: 'other' } }],
      ['actor', { owner: { ...binding.owner, actor: `${actor}s` } }],
      ['absent actor', { owner: withoutActor }],
      ['flow', { flow: 'reconnect' }],
      ['expected code', { expectsCode: false }],
      ['redirect URI', { redirectUri: 'https://app.example.com/other' }],
      ['return target', { returnTo: '/other' }],
      ['absent return target', { returnTo: null }],
      ['connection', { connectionId: '0195a7c2-7f3e-7b61-9d11-222222222222' }],
      ['absent connection', { connectionId: null }],
      ['metadata', { metadata: '{}' }],
      ['absent metadata', { metadata: null }],
      ['state', { stateHash: randomBytes(32) }],
      ['browser', { bindingHash: randomBytes(32) }],
    ];

    it('should be authentic as it was issued, and after a rotation of the keys [TC-27]', () => {
      for (const issued of [binding, bare]) {
        const attempt = { binding: issued, authenticator: custody.authenticate(issued) };
        expect(() => custody.verify(attempt)).not.toThrow();
        expect(custody.isAuthentic(attempt)).toBe(true);
        expect(custodyOf({ keys: `${k2},${k1}` }).isAuthentic(attempt)).toBe(true);
      }
    });

    it.each([
      [
        'with all it may have',
        binding,
        ['code', '=the assistant', '=/banks', `=${binding.connectionId}`, '={"from":"mail"}'],
      ],
      ['with nothing optional', { ...bare, expectsCode: false }, ['no code', '', '', '', '']],
    ])(
      'should have the documented fields in their order, %s: their format is frozen [TC-27]',
      (_, issued, texts) => {
        const [code = '', actorText = '', ...rest] = texts;
        const { id, instance, owner, flow, redirectUri, stateHash, bindingHash } = issued;
        const hashes = [stateHash, bindingHash].map((digest) => digest.toString('base64url'));
        const fields = [
          id,
          instance,
          owner.tenant,
          owner.id,
          actorText,
          flow,
          code,
          redirectUri,
          ...rest,
          ...hashes,
        ];
        const format = { version: 'aa1', use: 'powens-attempt' };
        expect(custody.authenticate(issued)).toBe(macOf(format, fields, KeyRing.parse(k1)));
      },
    );

    it.each(CHANGES)('should not be authentic with another %s [TC-27]', (_, change) => {
      const attempt = { binding: { ...binding, ...change }, authenticator: custody.authenticate(binding) };
      expect(() => custody.verify(attempt)).toThrow(refused('token_tampered'));
      expect(custody.isAuthentic(attempt)).toBe(false);
    });

    it.each(['returnTo', 'connectionId', 'metadata'])(
      'should tell an empty %s from an absent one [TC-27]',
      (field) => {
        const attempt = { binding: { ...bare, [field]: '' }, authenticator: custody.authenticate(bare) };
        expect(custody.isAuthentic(attempt)).toBe(false);
      },
    );

    it('should not be authentic without an authenticator, nor without its key', () => {
      expect(custody.isAuthentic({ binding, authenticator: null })).toBe(false);
      const attempt = { binding, authenticator: custody.authenticate(binding) };
      expect(custodyOf({ keys: k2 }).isAuthentic(attempt)).toBe(false);
      expect(() => custodyOf({ keys: k2 }).verify(attempt)).toThrow(refused('key_unavailable'));
    });

    it('should pass on an error that is not of custody', () => {
      const broken = { ...binding, stateHash: undefined as unknown as Buffer };
      expect(() => custody.isAuthentic({ binding: broken, authenticator: 'aa1' })).toThrow(TypeError);
    });
  });
});
