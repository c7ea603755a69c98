import { describe, expect, it } from 'vitest';
import { ConnectionsClientError } from './client-error.js';
import { ConnectionsClient } from './connections-client.js';

const ID = '018e3c4a-9b2f-7000-8000-000000000001';

interface Sent {
  readonly address: string;
  readonly init: RequestInit;
}

/** A client whose calls get one answer, and what it sent. */
function clientOf(answer: () => Response, options = {}): { client: ConnectionsClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const send = async (address: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    sent.push({ address: address as string, init });
    return answer();
  };
  return { client: new ConnectionsClient({ ...options, fetch: send }), sent };
}

function problem(status: number, body: object, headers = {}): () => Response {
  const type = { 'content-type': 'application/problem+json; charset=utf-8' };
  return () => new Response(JSON.stringify(body), { status, headers: { ...type, ...headers } });
}

describe(ConnectionsClient, () => {
  it('should send a start as JSON, with the cookies of its own origin alone', async () => {
    const { client, sent } = clientOf(() => Response.json({ attemptId: 'a' }, { status: 201 }));

    expect(await client.connect({ returnTo: '/banks' })).toEqual({ attemptId: 'a' });
    expect(sent[0]?.address).toBe('/connections/connect');
    expect(sent[0]?.init).toMatchObject({
      method: 'POST',
      credentials: 'same-origin',
      redirect: 'manual',
      body: '{"returnTo":"/banks"}',
      headers: { 'content-type': 'application/json' },
    });
  });

  it('should call below its address, with queries that cannot leave their place', async () => {
    const options = {
      baseUrl: 'https://api.example.com/banks/',
      headers: () => ({ authorization: 'Bearer x' }),
    };
    const { client, sent } = clientOf(() => Response.json({}), options);
    await client.list({ limit: 5, cursor: 'a&b' });
    await client.get(ID);

    expect(sent.map(({ address }) => address)).toEqual([
      'https://api.example.com/banks?limit=5&cursor=a%26b',
      `https://api.example.com/banks/${ID}`,
    ]);
    expect(sent[0]?.init.headers).toMatchObject({ authorization: 'Bearer x' });
  });

  it.each(['me', '..', '', '../me?x', `${ID}/sync`])('should not send %j where an id stands', async (id) => {
    const { client, sent } = clientOf(() => Response.json({}));
    const calls = [
      async () => client.get(id),
      async () => client.attempt(id),
      async () => client.reconnect(id),
      async () => client.sync(id),
      async () => client.delete(id),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'invalid_request', status: null });
    }
    expect(sent).toEqual([]);
  });

  it('should resolve a deletion, which has no body', async () => {
    const { client } = clientOf(() => new Response(null, { status: 204 }));
    expect(await client.delete(ID)).toBeUndefined();
  });

  it('should reject with the problem of the library', async () => {
    const body = { code: 'sync_refused', title: 'Refused', detail: 'Ask again in 60 seconds.', status: 409 };
    const { client } = clientOf(problem(409, body, { 'retry-after': '60' }));

    await expect(client.sync(ID)).rejects.toMatchObject({
      name: 'ConnectionsClientError',
      code: 'sync_refused',
      message: body.detail,
      status: 409,
      retryAfterSeconds: 60,
      problem: body,
    });
  });

  it.each([
    ['unauthenticated', () => new Response('{"statusCode":401}', { status: 401 })],
    ['unexpected_answer', () => new Response('<html>', { status: 200 })],
    ['unexpected_answer', () => new Response('<html>', { status: 502 })],
    ['unexpected_answer', problem(500, { hello: 1 })],
    [
      'unreachable',
      () => {
        throw new TypeError('fetch failed');
      },
    ],
  ])('should reject with %s where the library did not answer', async (code, answer) => {
    const { client } = clientOf(answer);
    const error: unknown = await client.list().catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(ConnectionsClientError);
    expect(error).toMatchObject({ code });
  });

  it('should reject with the reason of the caller who ends a call', async () => {
    const end = new AbortController();
    const { client } = clientOf(() => {
      end.abort(new Error('left the page'));
      throw new TypeError('aborted');
    });

    await expect(client.list({}, { signal: end.signal })).rejects.toThrow('left the page');
  });

  it('should reject likewise when the body is cut', async () => {
    const cut = (): Response =>
      new Response(new ReadableStream({ start: (body) => body.error(new Error('cut')) }));
    const end = new AbortController();
    end.abort(new Error('left the page'));
    await expect(clientOf(cut).client.list({}, { signal: end.signal })).rejects.toThrow('left the page');
    const slow = (): Response =>
      new Response(
        new ReadableStream({
          start: (body) => {
            setTimeout(() => {
              body.error(new Error('cut'));
            }, 20);
          },
        }),
      );
    const late = clientOf(slow, { timeoutMs: 1 });
    await expect(late.client.list()).rejects.toMatchObject({ code: 'unreachable' });
  });
});
