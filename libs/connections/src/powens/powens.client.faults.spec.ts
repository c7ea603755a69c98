import { describe, expect, it } from 'vitest';
import { clientFor, REDIRECT_URI } from './__support__/powens-under-test.js';
import { json, stubHttp, stubTcp } from './__support__/stub-server.js';
import { PowensApiError } from '../errors/powens-api.error.js';
import { AccessToken } from '../values/secrets/access-token.js';
import { AuthorizationCode } from '../values/secrets/authorization-code.js';
import { verifiedCode } from '../values/parse-callback.js';
import { PowensClient } from './powens.client.js';

const BODY = '{"access_token":"UGVybWFuZW50K1Rva2VuL0V4MTI=","token_type":"Bearer"}';
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

type Outcome = AccessToken | PowensApiError;

/** Exchanges once and hands out what came of it; anything but a token or an error of ours fails the test. */
async function exchange(client: PowensClient, code = AuthorizationCode.of('code')): Promise<Outcome> {
  const call = client.exchangeCode(verifiedCode(code), { redirectUri: REDIRECT_URI });
  const outcome: unknown = await call.catch((reason: unknown) => reason);
  expect(outcome instanceof AccessToken || outcome instanceof PowensApiError).toBe(true);
  return outcome as Outcome;
}

/** Exchanges `count` codes, 100 at a time, each answered with other bytes; no code may be sent twice. */
async function exchangeAll(count: number, answerOf: (index: number) => Buffer): Promise<Outcome[]> {
  const stub = await stubTcp((socket, nth) => socket.end(answerOf(nth - 1)));
  const codes = Array.from({ length: count }, (_, index) => AuthorizationCode.of(`code-${index}`));
  const outcomes: Outcome[] = [];
  // None has to wait for a free socket, or gets one that the server is about to close: both are another matter.
  for (let from = 0; from < count; from += 100) {
    const client = clientFor(stub.origin, { maxSockets: 100 });
    const calls = codes.slice(from, from + 100).map((code) => exchange(client, code));
    outcomes.push(...(await Promise.all(calls)));
  }
  const bodies = stub.requests.map(({ body }) => body);
  expect(bodies).toHaveLength(count);
  expect(new Set(bodies).size).toBe(count);
  return outcomes;
}

describe(`${PowensClient.name} exchanging a code`, () => {
  it('should take an answer cut at any byte for no answer, and not ask again [U03]', async () => {
    const outcomes = await exchangeAll(ANSWER.length, (index) => Buffer.from(ANSWER.slice(0, index)));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ code: 'powens_timeout', failure: { processed: 'unknown' } });
    }
  });

  it('should come to a token or an error of ours whatever bit is flipped, and not ask again [U04]', async () => {
    const flipped = (index: number): Buffer => {
      const bytes = Buffer.from(ANSWER);
      const at = (index * 7) % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (index % 8));
      return bytes;
    };
    for (const outcome of await exchangeAll(500, flipped)) {
      const acceptable =
        outcome instanceof PowensApiError || outcome.use((token) => /^[\x21-\x7e]{1,4096}$/.test(token));
      expect(acceptable).toBe(true);
    }
  });

  it('should never crash on a body, and take only the exact shape [U05] [U07]', async () => {
    const bodies = STRANGE_BODIES;
    const stub = await stubHttp((_, response, count) => json(response, bodies[count - 1] ?? ''));
    const client = clientFor(stub.origin);
    for (const body of bodies) {
      expect(await exchange(client), body.slice(0, 80)).toMatchObject({
        code: 'powens_response_invalid',
        failure: { processed: 'unknown' },
      });
    }
    expect(stub.requests).toHaveLength(bodies.length);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('should not exchange again when a kept socket dies under the exchange [U17]', async () => {
    const keep = ANSWER;
    const stub = await stubTcp((socket, count) =>
      count % 2 === 1 ? socket.write(keep) : socket.resetAndDestroy(),
    );
    const client = clientFor(stub.origin);
    for (let round = 1; round <= 100; round += 1) {
      expect(await exchange(client)).toBeInstanceOf(AccessToken);
      expect(await exchange(client)).toMatchObject({
        code: 'powens_timeout',
        failure: { processed: 'unknown' },
      });
      expect(stub.requests).toHaveLength(2 * round);
    }
  });

  it('should give a silent server up in time [U02]', async () => {
    const stub = await stubTcp((socket, count) => (count === 1 ? socket.write(ANSWER) : undefined));
    const client = clientFor(stub.origin, { totalTimeoutMs: 3000 });
    expect(await exchange(client)).toBeInstanceOf(AccessToken);
    expect(await exchange(client)).toMatchObject({
      code: 'powens_timeout',
      failure: { processed: 'unknown' },
    });
    expect(stub.requests).toHaveLength(2);
  });
});

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** After JSONTestSuite: accepted, refused and implementation-defined texts, none of them a token answer. */
const STRANGE_BODIES = [
  ...['', ' ', 'null', 'true', '0', '-0', '1e9999', '"text"', '[]', '{}', '[[]]', '{"a":{}}', '\ufeff{}'],
  ...[
    '[1,]',
    '[,1]',
    '[1',
    '{"a"',
    '{"a":',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '{"a":1 "b":2}',
    '[01]',
    '[+1]',
    '[.5]',
    '[1.]',
    '[0x1]',
  ],
  ...[
    '[NaN]',
    '[Infinity]',
    '[-]',
    '["\\x"]',
    '["\\u12"]',
    '["\\ud800"]',
    '["\t"]',
    '["\u0000"]',
    '[1]x',
    '/**/{}',
    '{"a":/**/1}',
  ],
  ...[
    '{"access_token":1}',
    '{"access_token":12345678901234567890}',
    '{"access_token":null}',
    '{"access_token":""}',
    '{"access_token":" "}',
  ],
  ...[
    '{"access_token":"a b"}',
    '{"access_token":"a\\r\\nb"}',
    '{"access_token":["x"]}',
    '{"access_token":{"x":1}}',
    '{"Access_Token":"x"}',
  ],
  ...[
    '{"access_token":"x","token_type":"mac"}',
    '{"access_token":"x","token_type":1}',
    '{"access_token":"x","access_token":1}',
  ],
  ...['{"__proto__":{"access_token":"x","polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'],
  ...[`{"access_token":"${'x'.repeat(10_000)}"}`, `{"access_token":"${'x'.repeat(70_000)}"}`],
  ...[
    deep(30_000),
    `{"access_token":${deep(30_000)}}`,
    `{"id":1234567890123456789,"x":${deep(30_000)}}`,
    '['.repeat(60_000),
  ],
];
