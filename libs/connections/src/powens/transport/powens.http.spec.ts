import { describe, expect, it } from 'vitest';
import { answering, failureOf, GET, POST } from '../__support__/calls-under-test.js';
import { httpFor, TOKEN } from '../__support__/powens-under-test.js';
import { closedPort, json, stubHttp, stubTcp } from '../__support__/stub-server.js';
import { fromUser } from './powens-call.js';
import { PowensHttp } from './powens.http.js';

describe(PowensHttp.name, () => {
  describe('certainly not processed [RL-05]', () => {
    it('should try three times in all when nobody listens [U01]', async () => {
      const { http, pauses } = httpFor(`http://127.0.0.1:${await closedPort()}`, {}, { random: () => 0.5 });
      const error = await failureOf(http.send(POST));
      expect(error).toMatchObject({ code: 'powens_unreachable', failure: { processed: 'no', status: null } });
      expect(pauses).toEqual([50, 100]);
    });

    it.each([
      [429, {}, undefined, 3],
      [429, { 'retry-after': '1' }, 1, 3],
      [429, { 'retry-after': '-1' }, undefined, 3],
      [429, { 'retry-after': 'abc' }, undefined, 3],
      [429, { 'retry-after': '86400' }, 60, 1],
      [429, { date: 'Sat, 14 Mar 2026 09:26:53 GMT', 'retry-after': 'Sat, 14 Mar 2026 09:26:54 GMT' }, 1, 3],
      [503, { 'retry-after': '0' }, 0, 3],
      [503, { 'retry-after': '30' }, 30, 1],
    ])('should resend after %i with %j [U09]', async (status, headers, seconds, requests) => {
      const stub = await answering(status, headers);
      const { http } = httpFor(stub.origin, { totalTimeoutMs: 25_000 }, { monotonicMs: () => 0 });
      const error = await failureOf(http.send(POST));
      expect(error).toMatchObject({ code: 'powens_unreachable', failure: { processed: 'no', status } });
      expect(error.retryAfterSeconds).toBe(seconds);
      expect(stub.requests).toHaveLength(requests);
    });

    it('should wait as long as it was asked to', async () => {
      const stub = await stubHttp((_, response, count) =>
        count === 1 ? json(response, {}, 429, { 'retry-after': '1' }) : json(response, { fine: true }),
      );
      const { http, pauses } = httpFor(stub.origin);
      expect(await http.read(POST, (body) => body)).toEqual({ fine: true });
      expect(pauses).toHaveLength(1);
      expect(pauses[0]).toBeGreaterThanOrEqual(1_000);
    });

    it('should not wait beyond the deadline', async () => {
      const stub = await answering(429, { 'retry-after': '2' });
      const { http, pauses } = httpFor(stub.origin, { totalTimeoutMs: 1_500 });
      await failureOf(http.send(GET));
      expect(pauses).toEqual([]);
    });
  });

  describe('perhaps processed [RL-05] [RL-06]', () => {
    it.each([
      [500, {}],
      [502, {}],
      [503, {}],
      [503, { 'retry-after': 'soon' }],
      [504, {}],
    ])('should send a POST once on %i %j, a GET three times', async (status, headers) => {
      const stub = await answering(status, headers);
      const { http } = httpFor(stub.origin);
      const expected = {
        code: 'powens_failed',
        failure: { status, processed: 'unknown', powensCode: 'bug', requestId: '7' },
      };
      expect(await failureOf(http.send(POST))).toMatchObject(expected);
      expect(stub.requests).toHaveLength(1);
      expect(await failureOf(http.send(GET))).toMatchObject(expected);
      expect(stub.requests).toHaveLength(4);
    });

    it('should send a POST once on a reset, a GET three times', async () => {
      const stub = await stubTcp((socket) => socket.resetAndDestroy());
      const { http } = httpFor(stub.origin);
      const expected = { code: 'powens_timeout', failure: { processed: 'unknown', status: null } };
      expect(await failureOf(http.send(POST))).toMatchObject(expected);
      expect(stub.requests).toHaveLength(1);
      expect(await failureOf(http.send(GET))).toMatchObject(expected);
      expect(stub.requests).toHaveLength(4);
    });

    it('should keep all tries within one deadline [RL-14]', async () => {
      let now = 0;
      const stub = await stubTcp((socket, count) => {
        now += 9_700;
        if (count === 1) {
          socket.resetAndDestroy();
        }
      });
      const { http } = httpFor(stub.origin, { totalTimeoutMs: 10_000 }, { monotonicMs: () => now });
      expect((await failureOf(http.send(GET))).code).toBe('powens_timeout');
      expect(stub.requests).toHaveLength(2);
    });

    it('should not call it unprocessed when an earlier try may have been processed', async () => {
      const stub = await stubHttp((_, response, count) => json(response, {}, count === 1 ? 500 : 429));
      const error = await failureOf(httpFor(stub.origin).http.send(fromUser('DELETE', '/users/me', TOKEN)));
      expect(error).toMatchObject({ code: 'powens_timeout', failure: { processed: 'unknown', status: 429 } });
    });

    it('should use the answer of a later try', async () => {
      const stub = await stubHttp((_, response, count) => json(response, { count }, count < 3 ? 500 : 200));
      expect(await httpFor(stub.origin).http.read(GET, (body) => body)).toEqual({ count: 3 });
    });
  });

  describe('a call that must not be repeated', () => {
    it('should be sent with its whole time, however long it waited for a free connection [N12]', async () => {
      let now = 0;
      const stub = await answering(200);
      const { http, axios } = httpFor(
        stub.origin,
        { connectTimeoutMs: 4_000, totalTimeoutMs: 10_000, maxSockets: 1 },
        { monotonicMs: () => now },
      );
      const timeouts: unknown[] = [];
      axios.interceptors.request.use((config) => {
        timeouts.push(config.timeout);
        // Whoever waits behind this call waits for nine seconds.
        now += 9_000;
        return config;
      });
      await Promise.all([http.send(POST), http.send(POST)]);
      expect(timeouts).toEqual([10_000, 10_000]);
    });

    it('should go out on a connection of its own, never on a kept one that may just be closed [H12, U17]', async () => {
      const served = new Set<unknown>();
      const stub = await stubTcp((socket) => {
        if (served.has(socket)) {
          socket.resetAndDestroy();
          return;
        }
        served.add(socket);
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
      });
      const { http } = httpFor(stub.origin);
      for (let times = 0; times < 3; times += 1) {
        await http.send(GET);
        await http.send(POST);
      }
      expect(stub.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
    });
  });
});
