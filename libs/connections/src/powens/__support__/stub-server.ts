import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A request as a stub received it.
 *
 * @internal
 */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * A server that stands in for Powens, on its own port, closed when the test ends.
 *
 * @internal
 */
export interface Stub {
  readonly origin: string;
  readonly port: number;
  /** Whole requests, in order. */
  readonly requests: Received[];
  /** Sockets that were ever opened, those still open, and those closed meanwhile. */
  readonly sockets: { opened: number; open: number; closed: number; bytes: number };
}

type Answer = (request: Received, response: ServerResponse, count: number) => void;

/** Starts an HTTP server that answers as `reply` decides; `count` is 1 for the first request. */
export async function stubHttp(answer: Answer): Promise<Stub> {
  const requests: Received[] = [];
  const server = http.createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const received = { method, url, headers, body: Buffer.concat(chunks).toString() };
      answer(received, response, requests.push(received));
    });
  });
  return listening(server, requests);
}

/** Starts a TCP server that answers bytes. `onRequest` is called for each whole request that arrives on a socket. */
export async function stubTcp(onRequest: (socket: Socket, count: number) => void): Promise<Stub> {
  const requests: Received[] = [];
  const server = net.createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let whole = takeRequest(text); whole !== null; whole = takeRequest(text)) {
        text = text.slice(whole.length);
        onRequest(socket, requests.push(whole.received));
      }
    });
  });
  return listening(server, requests);
}

/** Answers JSON. */
export function json(response: ServerResponse, body: unknown, status = 200, headers: object = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

/** A port of loopback without a listener. */
export async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function takeRequest(text: string): { length: number; received: Received } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) {
    return null;
  }
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => line.toLowerCase().split(': ')) as [string, string][],
  );
  const length = end + 4 + Number(headers['content-length'] ?? 0);
  const [method = '', url = ''] = first.split(' ');
  return text.length < length
    ? null
    : { length, received: { method, url, headers, body: text.slice(end + 4, length) } };
}

async function listening(server: Server, requests: Received[]): Promise<Stub> {
  const sockets = { opened: 0, open: 0, closed: 0, bytes: 0 };
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.opened += 1;
    sockets.open += 1;
    open.add(socket);
    socket.on('close', () => {
      sockets.open -= 1;
      sockets.closed += 1;
      sockets.bytes += socket.bytesRead;
      open.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    open.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port, requests, sockets };
}
