import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Agent, MockAgent, ProxyAgent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureOf } from '../__support__/calls-under-test.js';
import { clientFor, CODE, REDIRECT_URI, TOKEN } from '../__support__/powens-under-test.js';
import { json, stubHttp } from '../__support__/stub-server.js';
import { TEST_TLS } from '../__support__/test-tls.js';

describe('a dispatcher of the host', () => {
  it('should carry calls through an egress proxy', async () => {
    const powens = await tlsPowens();
    const proxy = await connectProxy();
    const dispatcher = new ProxyAgent({ uri: proxy.origin, requestTls: { ca: TEST_TLS.cert } });
    onTestFinished(() => dispatcher.close());
    expect(await clientFor(powens.origin, { dispatcher }).getUser(TOKEN)).toMatchObject({ id: '412' });
    expect(proxy.targets).toEqual([new URL(powens.origin).host]);
    expect(powens.clients).toHaveLength(1);
  });

  it('should know that a proxy that opens no tunnel took nothing', async () => {
    const powens = await tlsPowens();
    const proxy = await connectProxy('HTTP/1.1 403 Forbidden\r\n\r\n');
    const dispatcher = new ProxyAgent({ uri: proxy.origin });
    onTestFinished(() => dispatcher.close());
    const error = await failureOf(
      clientFor(powens.origin, { dispatcher }).exchangeCode(CODE, { redirectUri: REDIRECT_URI }),
    );
    expect(error).toMatchObject({ code: 'powens_unreachable', failure: { processed: 'no' } });
    expect(proxy.targets).toHaveLength(3);
    expect(powens.clients).toEqual([]);
  });

  it('should prove the host with a client certificate', async () => {
    const powens = await tlsPowens({ requestCert: true, rejectUnauthorized: true, ca: TEST_TLS.cert });
    const dispatcher = new Agent({ connect: { ...TEST_TLS, ca: TEST_TLS.cert } });
    onTestFinished(() => dispatcher.close());
    expect(await clientFor(powens.origin, { dispatcher }).getUser(TOKEN)).toMatchObject({ id: '412' });
    expect(powens.clients).toEqual(['CN=localhost']);
  });

  it('should answer in a test of the host', async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    const headers = { 'content-type': 'application/json' };
    dispatcher
      .get('https://acme.biapi.pro')
      .intercept({
        path: '/2.0/users/me',
        headers: { authorization: TOKEN.use((token) => `Bearer ${token}`) },
      })
      .reply(200, { id: 412 }, { headers });
    const client = clientFor('https://acme.biapi.pro', { dispatcher });
    expect(await client.getUser(TOKEN)).toMatchObject({ id: '412' });
    dispatcher.assertNoPendingInterceptors();
  });

  it('should be bound to the deadline and the limit of answers', async () => {
    const stub = await stubHttp((_, response, count) => {
      if (count === 1) json(response, `"${'x'.repeat(70_000)}"`);
    });
    const dispatcher = new Agent();
    onTestFinished(() => dispatcher.destroy());
    const client = clientFor(stub.origin, { dispatcher, totalTimeoutMs: 3000 });
    const codeOf = async (): Promise<string> =>
      (await failureOf(client.exchangeCode(CODE, { redirectUri: REDIRECT_URI }))).code;
    expect(await codeOf()).toBe('powens_response_invalid');
    expect(await codeOf()).toBe('powens_timeout');
    expect(stub.requests).toHaveLength(2);
  });

  it('should stay open when the application ends', async () => {
    const stub = await stubHttp((_, response) => json(response, { id: 412 }));
    const dispatcher = new Agent();
    onTestFinished(() => dispatcher.close());
    await clientFor(stub.origin, { dispatcher }).onApplicationShutdown();
    expect(await clientFor(stub.origin, { dispatcher }).getUser(TOKEN)).toMatchObject({ id: '412' });
  });

  it('should not be believed when it throws', async () => {
    const dispatcher = {
      dispatch: (): never => {
        throw new TypeError('no dispatcher of undici 7');
      },
    };
    const error = await failureOf(clientFor('http://127.0.0.1', { dispatcher }).getUser(TOKEN));
    expect(error).toMatchObject({ code: 'powens_unreachable', failure: { processed: 'no' } });
  });
});

/** Answers over TLS, and names the subject of each client's certificate. */
async function tlsPowens(options: https.ServerOptions = {}): Promise<{ origin: string; clients: string[] }> {
  const clients: string[] = [];
  const server = https.createServer({ ...TEST_TLS, ...options }, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerX509Certificate() ?? { subject: '' };
    clients.push(subject);
    json(response, { id: 412 });
  });
  return { origin: `https://127.0.0.1:${await listening(server)}`, clients };
}

/** An HTTP proxy that opens tunnels, or answers every CONNECT with `refusal`. */
async function connectProxy(refusal?: string): Promise<{ origin: string; targets: string[] }> {
  const targets: string[] = [];
  const server = http.createServer().on('connect', ({ url = '' }: http.IncomingMessage, near: net.Socket) => {
    targets.push(url);
    near.on('error', () => undefined);
    if (refusal !== undefined) {
      near.end(refusal);
      return;
    }
    const far = net.connect(Number(new URL(`http://${url}`).port), '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    far.on('error', () => near.destroy());
  });
  return { origin: `http://127.0.0.1:${await listening(server)}`, targets };
}

async function listening(server: Server): Promise<number> {
  const open = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    open.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
