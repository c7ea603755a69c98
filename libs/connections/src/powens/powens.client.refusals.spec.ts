import { describe, expect, it } from 'vitest';
import { justMade } from '../values/verified-ids.js';
import { answering, failureOf } from './__support__/calls-under-test.js';
import { CODE, clientFor, REDIRECT_URI, TOKEN } from './__support__/powens-under-test.js';
import { json, stubHttp } from './__support__/stub-server.js';
import { PowensClient } from './powens.client.js';

describe(PowensClient.name, () => {
  describe('refusals', () => {
    it.each([
      [400, 'code_refused'],
      [403, 'code_refused'],
      [409, 'code_refused'],
      [401, 'powens_refused'],
      [404, 'powens_refused'],
      [500, 'powens_failed'],
    ])('should name a %i of the exchange %s, and send it once', async (status, code) => {
      const stub = await answering(status);
      const error = await failureOf(clientFor(stub.origin).exchangeCode(CODE, { redirectUri: REDIRECT_URI }));
      expect(error).toMatchObject({ code, failure: { operation: 'POST /auth/token/access', status } });
      expect(stub.requests).toHaveLength(1);
    });

    it('should name a connection that is not there', async () => {
      const client = clientFor((await answering(404)).origin);
      const expected = { code: 'connection_not_found', failure: { status: 404, processed: 'no' } };
      expect(await failureOf(client.getConnection(TOKEN, '7'))).toMatchObject(expected);
      expect(await failureOf(client.syncConnection(TOKEN, '7', { psuRequested: true }))).toMatchObject(
        expected,
      );
    });

    it('should refuse an answer about another connection than the one asked for [N22]', async () => {
      const stub = await stubHttp((_, response) => json(response, { id: 8, id_user: 412 }));
      const client = clientFor(stub.origin);
      const expected = { code: 'powens_response_invalid', failure: { processed: 'unknown' } };
      expect(await failureOf(client.getConnection(TOKEN, '7'))).toMatchObject(expected);
      expect(await failureOf(client.syncConnection(TOKEN, '7', { psuRequested: true }))).toMatchObject(
        expected,
      );
    });

    it('should tell a synchronisation that comes too soon', async () => {
      const stub = await stubHttp((_, response) => json(response, { code: 'conflict' }, 409));
      const error = await failureOf(
        clientFor(stub.origin).syncConnection(TOKEN, '7', { psuRequested: true }),
      );
      expect(error).toMatchObject({
        code: 'powens_refused',
        failure: { status: 409, powensCode: 'conflict' },
      });
    });

    it('should not force a synchronisation twice when the first may have begun', async () => {
      const stub = await answering(500);
      const call = clientFor(stub.origin).syncConnection(TOKEN, '7', { psuRequested: true });
      expect(await failureOf(call)).toMatchObject({
        code: 'powens_failed',
        failure: { processed: 'unknown' },
      });
      expect(stub.requests).toHaveLength(1);
    });

    it.each(['', '0', '07', '-1', '1/../../auth', '1?x', '1%2f', 'me', '12345678901234567890', '1\n'])(
      'should ask for no connection %j',
      async (id) => {
        const stub = await answering(200);
        const client = clientFor(stub.origin);
        for (const call of [
          client.getConnection(TOKEN, id),
          client.deleteConnection(TOKEN, justMade(id)),
          client.syncConnection(TOKEN, id, { psuRequested: true }),
        ]) {
          expect((await failureOf(call)).code).toBe('connection_not_found');
        }
        expect(stub.sockets.opened).toBe(0);
      },
    );
  });
});
