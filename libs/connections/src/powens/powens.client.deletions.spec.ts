import { describe, expect, it } from 'vitest';
import { justMade } from '../values/verified-ids.js';
import { failureOf } from './__support__/calls-under-test.js';
import { clientFor, TOKEN } from './__support__/powens-under-test.js';
import { json, stubHttp, type Stub } from './__support__/stub-server.js';
import { PowensClient } from './powens.client.js';

const WORDS = { code: 'notFound' };

/** What is deleted, the path, the path of the look, the statuses that call it gone, and an answer of the look that finds it. */
const DELETIONS = [
  [
    'revokeToken',
    { path: '/auth/token', look: '/users/me', gone: [401, 404], found: { id: 412 } },
    async (client: PowensClient) => client.revokeToken(TOKEN),
  ],
  [
    'deleteUser',
    { path: '/users/me', look: '/users/me', gone: [404], found: { id: 412 } },
    async (client: PowensClient) => client.deleteUser(TOKEN),
  ],
  [
    'deleteConnection',
    {
      path: '/users/me/connections/7',
      look: '/users/me/connections/7?expand=connector,sources',
      gone: [404],
      found: { id: 7, id_user: 412 },
    },
    async (client: PowensClient) => client.deleteConnection(TOKEN, justMade('7')),
  ],
] as const;

/** Answers a deletion with one status, and the look after it with another. */
async function answering(deletion: number, look: number, found: unknown): Promise<Stub> {
  return stubHttp((request, response) => {
    const status = request.method === 'DELETE' ? deletion : look;
    json(response, status < 300 ? found : WORDS, status);
  });
}

const askedOf = (stub: Stub): string[] => stub.requests.map(({ method, url }) => `${method} ${url}`);

describe(PowensClient.name, () => {
  describe.each(DELETIONS)('%s', (_, { path, look, gone, found }, run) => {
    it.each([200, 204])('should be done with a %i [RL-06]', async (status) => {
      const stub = await answering(status, 500, found);
      await run(clientFor(stub.origin));
      expect(askedOf(stub)).toEqual([`DELETE /2.0${path}`]);
    });

    it.each([...gone])(
      'should be done with a %i of Powens that a look agrees with [RL-06]',
      async (status) => {
        const stub = await answering(status, 404, found);
        await run(clientFor(stub.origin));
        expect(askedOf(stub)).toEqual([`DELETE /2.0${path}`, `GET /2.0${look}`]);
      },
    );

    it.each([...gone])('should not be done with a %i of Powens while it is there', async (status) => {
      const stub = await answering(status, 200, found);
      expect(await failureOf(run(clientFor(stub.origin)))).toMatchObject({
        code: 'powens_response_invalid',
        failure: { operation: `DELETE ${path.replace('7', '{id}')}`, status, processed: 'unknown' },
      });
    });

    it('should not be done while nobody can look', async () => {
      const stub = await answering(404, 503, found);
      expect(await failureOf(run(clientFor(stub.origin)))).toMatchObject({ failure: { status: 503 } });
    });

    it('should not be done with another refusal', async () => {
      const stub = await answering(403, 404, found);
      const refused = { code: 'powens_refused', failure: { status: 403 } };
      expect(await failureOf(run(clientFor(stub.origin)))).toMatchObject(refused);
    });

    it('should not be done with the 404 of something in between [N5]', async () => {
      const stub = await stubHttp((__, response) => response.writeHead(404).end('<h1>Not found</h1>'));
      expect(await failureOf(run(clientFor(stub.origin)))).toMatchObject({ failure: { status: 404 } });
      expect(askedOf(stub)).toEqual([`DELETE /2.0${path}`]);
    });
  });
});
