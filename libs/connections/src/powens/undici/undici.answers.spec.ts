import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/helpers/until.js';
import { failureOf, instanceFor } from '../__support__/adapter-under-test.js';
import { stubHttp, stubTcp } from '../__support__/stub-server.js';
import { createUndiciAdapter } from './undici.adapter.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const LIMIT = { maxContentLength: 1_000 };

describe(createUndiciAdapter.name, () => {
  describe('answers that are not accepted [U06]', () => {
    it('should take an answer of exactly the limit', async () => {
      const stub = await stubHttp((_, response) => response.end('x'.repeat(1_000)));
      expect((await instanceFor(stub.origin).get(`${stub.origin}/x`, LIMIT)).data).toHaveLength(1_000);
    });

    it.each([
      ['announced', (text: string) => `${OK}content-length: ${text.length}\r\n\r\n${text}`],
      ['in chunks', (text: string) => `${OK}transfer-encoding: chunked\r\n\r\n3e9\r\n${text}\r\n0\r\n\r\n`],
      ['until the end of the connection', (text: string) => `${OK}connection: close\r\n\r\n${text}`],
    ])('should cut an answer that is a byte too long, %s', async (_, answer) => {
      const stub = await stubTcp((socket) => socket.write(answer('x'.repeat(1_001))));
      const failure = await failureOf(instanceFor(stub.origin).get(`${stub.origin}/x`, LIMIT));
      expect(failure).toMatchObject({ phase: 'refused', code: 'ERR_BAD_RESPONSE' });
      await eventually(() => expect(stub.sockets.closed).toBe(1));
    });

    it('should hold no more than the limit of an answer without end', async () => {
      const block = Buffer.alloc(64 * 1024, 'x');
      const stub = await stubHttp((_, response) => {
        const pump = (): void => {
          while (!response.destroyed && response.write(block));
        };
        response.on('drain', pump);
        pump();
      });
      const before = process.memoryUsage().rss;
      const failure = await failureOf(
        instanceFor(stub.origin).get(`${stub.origin}/x`, { maxContentLength: 65_536 }),
      );
      expect(failure.phase).toBe('refused');
      expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
    });

    it('should cut an answer of a gigabyte before its first byte', async () => {
      const stub = await stubTcp((socket) => socket.write(`${OK}content-length: 1073741824\r\n\r\n`));
      expect((await failureOf(instanceFor(stub.origin).get(`${stub.origin}/x`, LIMIT))).phase).toBe(
        'refused',
      );
    });

    it.each(['gzip', 'br', 'deflate', 'identity, gzip', ''])(
      'should refuse content-encoding "%s"',
      async (encoding) => {
        const bomb = zlib.gzipSync(Buffer.alloc(100_000));
        expect(bomb.length).toBeLessThan(LIMIT.maxContentLength);
        const stub = await stubHttp((_, response) =>
          response.setHeader('content-encoding', encoding).end(bomb),
        );
        expect((await failureOf(instanceFor(stub.origin).get(`${stub.origin}/x`, LIMIT))).phase).toBe(
          'refused',
        );
      },
    );

    it.each([
      ['refused', 'no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
      ['refused', 'a status that is no number', 'HTTP/1.1 2x0 OK\r\n\r\n'],
      ['refused', 'headers without end', `${OK}x: ${'y'.repeat(20_000)}\r\n\r\n`],
      ['refused', 'a chunk size that is none', `${OK}transfer-encoding: chunked\r\n\r\nzz\r\n`],
      // undici does not tell these from a link that was cut.
      ['sent', 'two lengths', `${OK}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
      ['sent', 'length and chunks', `${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`],
      ['sent', 'an interim answer that was not asked for', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['sent', 'a change of protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ])('should end as %s on %s [U04]', async (phase, _, answer) => {
      const stub = await stubTcp((socket) => socket.write(answer));
      expect((await failureOf(instanceFor(stub.origin).get(`${stub.origin}/x`))).phase).toBe(phase);
      await eventually(() => expect(stub.sockets.closed).toBe(1));
    });
  });

  describe('a kept socket that the peer closes [U17]', () => {
    it('should not send a request again by itself', async () => {
      const answer = `${OK}content-length: 2\r\n\r\n{}`;
      const stub = await stubTcp((socket, count) =>
        count % 2 === 1 ? socket.write(answer) : socket.destroy(),
      );
      const instance = instanceFor(stub.origin);
      for (let round = 1; round <= 100; round += 1) {
        await instance.post(`${stub.origin}/first`, 'b');
        const failure = await failureOf(instance.post(`${stub.origin}/second`, 'b'));
        expect(failure.phase).toBe('sent');
        expect(stub.requests).toHaveLength(2 * round);
      }
    });

    it('should not send twice when the peer closed right after its last answer', async () => {
      const stub = await stubTcp((socket) => socket.end(`${OK}content-length: 2\r\n\r\n{}`));
      const instance = instanceFor(stub.origin);
      const phases = new Set<string>();
      for (let call = 1; call <= 100; call += 1) {
        const outcome = await instance.post(`${stub.origin}/${call}`, 'b').then(() => 'answered', phaseOf);
        phases.add(outcome);
      }
      expect([...phases]).not.toContain('unsent');
      const urls = stub.requests.map(({ url }) => url);
      expect(new Set(urls).size).toBe(urls.length);
    });
  });
});

function phaseOf(reason: unknown): string {
  return (reason as { phase: string }).phase;
}
