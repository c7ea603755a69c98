import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConsoleToken } from '../../values/secrets/console-token.js';
import { UnexpectedShapeError } from '../wire-values.js';
import { createAuthProvider, parseAuthProvider } from './auth-provider.js';

describe('an authentication provider of webhooks', () => {
  it('should be created by a call that is not idempotent, and that names no secret', () => {
    const call = createAuthProvider(ConsoleToken.of('config-token-of-the-console'), 'hmac1');
    expect(call).toMatchObject({
      method: 'POST',
      path: '/webhooks/auth',
      idempotent: false,
      answer: 'token',
    });
    expect(JSON.parse(call.body?.() ?? '')).toEqual({ type: 'hmac_signature', name: 'hmac1' });
    expect(inspect(call)).not.toContain('config-token-of-the-console');
  });

  it('should be read with its secret wrapped', () => {
    const answer = {
      id: 2356,
      type: 'hmac_signature',
      name: 'hmac1',
      config: { secret_key: 'wh_only_shown_once' },
    };
    const { id, secret } = parseAuthProvider(answer);
    expect([id, String(secret)]).toEqual(['2356', '[redacted]']);
    expect(secret.use((clear) => clear)).toBe('wh_only_shown_once');
  });

  it.each([
    [{}],
    [{ id: 1 }],
    [{ id: 1, config: {} }],
    [{ id: 1, config: { secret_key: 'two words' } }],
    [[]],
  ])('should not be read out of %j', (answer) => {
    expect(() => parseAuthProvider(answer)).toThrow(UnexpectedShapeError);
  });
});
