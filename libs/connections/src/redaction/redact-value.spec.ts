import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { redact } from './redact-value.js';

const S = 'S3cr3t-Value_0123456789abcdef';

describe(redact.name, () => {
  it.each([
    [{ headers: { authorization: `Bearer ${S}`, cookie: S, 'Set-Cookie': [S], 'bi-signature': S } }],
    [{ rawHeaders: ['Host', 'x', 'Authorization', S, 'BI-Signature', S] }],
    [{ query: { code: S, state: S }, url: `/cb?code=${S}` }],
    [{ body: { ticket: S, binding: S }, url: `com.example.app:/banks?ticket=${S}` }],
    [{ query: { code: [S], state: ['abc', S] } }],
    [{ headers: [{ name: 'Cookie', value: `session=${S}` }], attributes: [{ key: 'http.code', value: S }] }],
    [{ query_string: `code=${S}&a=1`, 'url.query': 'code=abcdef' }],
    [{ 'http.request.header.authorization': [S], 'http.target': `/cb?state=${S}` }],
    [
      {
        accessToken: S,
        client_secret: S,
        webviewCode: S,
        newPassword: S,
        'x-api-key': S,
        token: { value: S },
      },
    ],
    [new Map([['cookie', S]])],
    [new Set([`Bearer ${S}`])],
    [new URL(`https://x/cb?code=${S}`)],
    [new URLSearchParams({ code: S })],
    [new Headers({ authorization: S })],
    [Buffer.from(S)],
    [{ toJSON: () => ({ token: S }) }],
    [
      new (class Answer {
        readonly access_token = S;
      })(),
    ],
    [new Error(`GET /cb?code=${S}`, { cause: new Error(`Bearer ${S}`) })],
    [new AggregateError([new Error(`code=${S}`)], `state=${S}`)],
    [
      Object.assign(new Error('x'), {
        config: { headers: { Authorization: S }, data: `client_secret=${S}` },
      }),
    ],
    [[[{ deep: [`?code=${S}`] }]]],
    [{ pipe: () => undefined, token: S, headers: { cookie: S }, url: `/cb?code=${S}` }],
    [Object.assign(() => undefined, { token: S })],
    [
      Object.assign(new Error('x'), {
        request: { pipe: () => undefined, _header: `Authorization: Basic ${S}` },
      }),
    ],
  ])('should remove the secret of %s [N32]', (value) => {
    expect(inspect(redact(value), { depth: 20 })).not.toContain(S);
    expect(JSON.stringify(redact(value))).not.toContain(S);
  });

  it('should keep what is no secret, as it is', () => {
    const value = {
      code: 'not_connected',
      state: 'SCARequired',
      status: 409,
      ok: true,
      none: null,
      when: new Date(0),
      list: [1, 'two', { three: 3 }],
      codes: { code: ['not_connected', 7] },
      field: { name: 'bank', value: 'two words' },
      token: null,
      password: '',
    };

    expect(redact(value)).toEqual(value);
    expect(redact({ code: 7 })).toEqual({ code: 7 });
  });

  it('should leave the original alone, and keep an error an error', () => {
    const error = new TypeError(`code=${S}`);
    const redacted = redact(error);

    expect(error.message).toContain(S);
    expect(redacted).toBeInstanceOf(TypeError);
    expect(redacted.message).toBe('code=[redacted]');
    expect(redacted.stack).not.toContain(S);
  });

  it('should not throw what a value throws when it is read', () => {
    const hostile = {
      token: S,
      get broken(): never {
        throw new Error('a getter');
      },
    };
    const unwritable = {
      toJSON: () => {
        throw new Error('no JSON');
      },
    };
    const { proxy: gone, revoke } = Proxy.revocable({}, {});
    revoke();
    const [of, json, proxy] = redact<unknown[]>([hostile, unwritable, gone]);

    expect(of).toEqual({ token: '[redacted]', broken: '[not shown: it cannot be read]' });
    expect(json).toBe('[not shown: it cannot be read]');
    expect(proxy).toBe('[not shown: it cannot be read]');
  });

  it('should survive cycles, and leave out what is too deep or too large', () => {
    const cycle: Record<string, unknown> = { token: S };
    cycle['self'] = cycle;
    let deep: unknown = { token: S };
    for (let level = 0; level < 100; level += 1) deep = { deep };
    const large = Array.from({ length: 50_000 }, () => ({ value: `Bearer ${S}` }));

    const copy = redact(cycle);
    expect([copy['token'], copy['self']]).toEqual(['[redacted]', copy]);
    expect(JSON.stringify(redact(deep))).toContain('not shown');
    expect(JSON.stringify(redact(large))).not.toContain(S);
    expect(JSON.stringify([redact(deep)])).not.toContain(S);
  });

  it('should not let a property named __proto__ change anything', () => {
    const value = JSON.parse('{"__proto__":{"token":"x"},"a":1}') as object;

    expect(Object.getPrototypeOf(redact(value))).toBe(Object.prototype);
  });
});
