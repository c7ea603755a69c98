import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call of the library to Powens, as it passes the proxy. */
export interface PassingCall {
  readonly method: string;
  /** Path below the API root, without the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** What Powens, or something in between, answers. */
export interface PlayedAnswer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Answers a call, or changes the answer of the real one; null lets it pass as it is. */
export type Play = (call: PassingCall) => PlayedAnswer | ((body: string) => string) | null;

/** Something between the library and the sandbox that answers what a test wants. */
export interface PowensProxy {
  readonly url: string;
  /** From now on. Null passes everything on. */
  play(play: Play | null): void;
  close(): Promise<void>;
}

/** An answer in Powens' own words. */
export function ownWords(status: number, code: string): PlayedAnswer {
  return {
    status,
    body: JSON.stringify({ code, description: 'Played by a test', message: null, request_id: '0c11d2e3' }),
  };
}

/** A page of something in between. */
export function htmlPage(status: number): PlayedAnswer {
  return { status, type: 'text/html', body: `<html><h1>${status}</h1></html>` };
}

/** Starts a proxy in front of a sandbox. */
export async function startPowensProxy(target: string): Promise<PowensProxy> {
  let play: Play | null = null;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      answer(play, { target, incoming, outgoing, body: Buffer.concat(chunks) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    play: (next) => {
      play = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Passing {
  readonly target: string;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
}

function answer(play: Play | null, { target, incoming, outgoing, body }: Passing): void {
  const { method = 'GET', url = '/', headers } = incoming;
  const path = new URL(url, target).pathname.replace(/^\/2\.0/, '');
  const played = play?.({ method, path, headers }) ?? null;
  if (played !== null && typeof played !== 'function') {
    outgoing.writeHead(played.status, { 'content-type': played.type ?? 'application/json' }).end(played.body);
    return;
  }
  const sent = httpRequest(new URL(url, target), { method, headers, agent: false }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const changed = played === null ? text : played(text);
      outgoing.writeHead(response.statusCode ?? 502, {
        'content-type': response.headers['content-type'] ?? 'application/json',
      });
      outgoing.end(changed);
    });
  });
  sent.on('error', () => outgoing.destroy());
  sent.end(body);
}
