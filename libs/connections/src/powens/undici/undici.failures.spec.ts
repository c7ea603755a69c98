import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import axios, { type AxiosRequestConfig } from 'axios';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../../../../../test/helpers/until.js';
import type { HttpDispatcher, HttpDispatchHandler } from '../../options/http-dispatcher.interface.js';
import { adapterFor, failureOf, instanceFor } from '../__support__/adapter-under-test.js';
import { rejection } from '../__support__/powens-under-test.js';
import { closedPort, json, type Stub, stubHttp, stubTcp } from '../__support__/stub-server.js';
import { TEST_TLS } from '../__support__/test-tls.js';
import { createUndiciAdapter } from './undici.adapter.js';
import type { UndiciRequestConfig } from './undici.request.config.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

describe(createUndiciAdapter.name, () => {
  describe('nothing sent [U01]', () => {
    it('should know that a refused connection took nothing', async () => {
      const origin = `http://127.0.0.1:${await closedPort()}`;
      const failure = await failureOf(instanceFor(origin).post(`${origin}/x`, 'secret'));
      expect(failure).toMatchObject({ phase: 'unsent', code: 'ECONNREFUSED' });
    });

    it('should know that a name without an address took nothing', async () => {
      const origin = 'http://nowhere.invalid';
      const failure = await failureOf(
        instanceFor(origin, { connectTimeoutMs: 300 }).post(`${origin}/x`, 'secret'),
      );
      expect(failure.phase).toBe('unsent');
      expect(failure.code).toMatch(/^(ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/);
    });

    it('should give up a TLS handshake that never comes', async () => {
      const stub = await stubTcp(() => undefined);
      const origin = stub.origin.replace('http:', 'https:');
      const failure = await failureOf(
        instanceFor(origin, { connectTimeoutMs: 100 }).post(`${origin}/x`, 'secret'),
      );
      expect(failure).toMatchObject({ phase: 'unsent', code: 'UND_ERR_CONNECT_TIMEOUT' });
    });

    it('should know that a server that speaks no TLS took nothing', async () => {
      const server = net.createServer((socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end('HTTP/1.1 400\r\n\r\n'),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      // Ends only when the client has closed its side as well.
      onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
      const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect((await failureOf(instanceFor(origin).post(`${origin}/x`, 'secret'))).phase).toBe('unsent');
    });

    it('should not wait for a free socket beyond the deadline, nor send after it', async () => {
      const stub = await stubHttp((request, response) => {
        if (request.url !== '/first') json(response, 1);
      });
      const instance = instanceFor(stub.origin, { maxSockets: 1 });
      const abort = new AbortController();
      const first = rejection(instance.get(`${stub.origin}/first`, { signal: abort.signal }));
      await eventually(() => expect(stub.requests).toHaveLength(1));
      const second = await failureOf(instance.get(`${stub.origin}/second`, { timeout: 50 }));
      expect(second).toMatchObject({ phase: 'unsent', code: 'ETIMEDOUT' });
      abort.abort();
      await first;
      await instance.get(`${stub.origin}/third`);
      expect(stub.requests.map(({ url }) => url)).toEqual(['/first', '/third']);
    });

    it('should not send after the deadline what was still connecting then', async () => {
      const abort = vi.fn();
      let handler: HttpDispatchHandler | undefined;
      const dispatcher: HttpDispatcher = {
        dispatch: (_, given) => {
          handler = given;
          return true;
        },
      };
      const call = instanceFor('http://127.0.0.1', { dispatcher }).get('http://127.0.0.1/x', { timeout: 10 });
      expect((await failureOf(call)).phase).toBe('unsent');
      handler?.onRequestStart({ abort });
      expect(abort).toHaveBeenCalledOnce();
    });

    it.each(['kept', 'fresh'])(
      'should fail calls that wait at the shutdown, on %s connections',
      async (kind) => {
        const stub = await stubHttp(() => undefined);
        const adapter = adapterFor(stub.origin, { maxSockets: 1 });
        const instance = axios.create({ adapter });
        const config: AxiosRequestConfig & UndiciRequestConfig = { freshConnection: kind === 'fresh' };
        const calls = ['sent', 'unsent'].map((url) =>
          failureOf(instance.get(`${stub.origin}/${url}`, config)),
        );
        await eventually(() => expect(stub.requests).toHaveLength(1));
        await adapter.destroy();
        expect((await Promise.all(calls)).map(({ phase }) => phase)).toEqual(['sent', 'unsent']);
        expect((await failureOf(instance.get(`${stub.origin}/x`))).phase).toBe('unsent');
        expect(stub.requests).toHaveLength(1);
        await eventually(() => expect(stub.sockets.open).toBe(0));
      },
    );
  });

  describe('TLS [OA-15]', () => {
    async function tlsServer(): Promise<{ origin: string; bodies: string[] }> {
      const bodies: string[] = [];
      const server = https.createServer(TEST_TLS, (request, response) => {
        request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
        request.on('end', () => json(response, { secure: true }));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
    }

    it('should send nothing to a server whose certificate is not trusted', async () => {
      const { origin, bodies } = await tlsServer();
      const failure = await failureOf(instanceFor(origin).post(`${origin}/x`, 'secret'));
      expect(failure).toMatchObject({ phase: 'unsent', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      expect(bodies).toEqual([]);
    });

    it('should verify even when the environment says not to', async () => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      const { origin, bodies } = await tlsServer();
      await failureOf(instanceFor(origin).post(`${origin}/x`, 'secret'));
      expect(bodies).toEqual([]);
    });

    it('should talk to a server whose certificate is trusted', async () => {
      const { origin, bodies } = await tlsServer();
      const dispatcher = new Agent({ connect: { ca: TEST_TLS.cert } });
      onTestFinished(() => dispatcher.destroy());
      const instance = instanceFor(origin, { dispatcher });
      expect((await instance.post(`${origin}/x`, 'one')).data).toEqual({ secure: true });
      expect((await instance.post(`${origin}/x`, 'two')).data).toEqual({ secure: true });
      expect(bodies).toEqual(['one', 'two']);
    });
  });

  describe('deadline [U02]', () => {
    it.each([
      ['is silent', ''],
      ['stops within the headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
      ['stops after the headers', `${OK}content-length: 10\r\n\r\n`],
      ['goes on with interim answers', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(20)],
    ])('should cut a server that %s', async (_, answer) => {
      await expectCut((socket) => socket.write(answer));
    });

    it('should cut a server that drips one byte after the other', async () => {
      await expectCut((socket) => {
        socket.write(`${OK}content-length: 1000\r\n\r\n`);
        const drip = setInterval(() => socket.write('x'), 10);
        socket.on('close', () => clearInterval(drip));
      });
    });

    /** The first request is answered, so that the second surely leaves in time even on a busy machine. */
    async function expectCut(misbehave: (socket: net.Socket) => void): Promise<void> {
      const stub = await stubTcp((socket, count) =>
        count === 1 ? socket.write(`${OK}content-length: 2\r\n\r\n{}`) : misbehave(socket),
      );
      const instance = instanceFor(stub.origin, { maxSockets: 1 });
      await instance.post(`${stub.origin}/x`, 'b');
      const failure = await failureOf(instance.post(`${stub.origin}/x`, 'b', { timeout: 120 }));
      expect(failure).toMatchObject({ phase: 'sent', code: 'ETIMEDOUT' });
      await eventually(() => expect(stub.sockets.closed).toBe(1));
    }
  });

  describe('cut link', () => {
    const close = `${OK}connection: close\r\n`;

    it('should not take a server for done that resets', async () => {
      const stub = await stubTcp((socket) => socket.resetAndDestroy());
      await expectSent(stub, 'ECONNRESET');
    });

    it.each([
      ['hangs up', ''],
      ['cuts the headers', 'HTTP/1.1 200 OK\r\ncont'],
      ['cuts the body', `${OK}content-length: 10\r\n\r\n{"a":`],
      ['cuts the body of its last answer', `${close}content-length: 10\r\n\r\n{"a":`],
      ['cuts a chunk', `${OK}transfer-encoding: chunked\r\n\r\n10\r\n{"a":`],
      ['cuts a chunk of its last answer', `${close}transfer-encoding: chunked\r\n\r\n10\r\n{"a":`],
      ['misses the last chunk', `${OK}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`],
      ['misses the last chunk of its last answer', `${close}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`],
    ])('should not take a server for done that %s', async (_, bytes) => {
      const stub = await stubTcp((socket) => socket.end(bytes));
      await expectSent(stub);
    });

    async function expectSent(stub: Stub, code?: string): Promise<void> {
      for (const freshConnection of [false, true]) {
        const config: AxiosRequestConfig & UndiciRequestConfig = { freshConnection };
        const failure = await failureOf(instanceFor(stub.origin).post(`${stub.origin}/x`, 'b', config));
        expect(failure.phase).toBe('sent');
        expect(failure.code).toBe(code ?? failure.code);
      }
      expect(stub.requests).toHaveLength(2);
    }
  });
});
