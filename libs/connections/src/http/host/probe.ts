import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';

/** Names a request that the application sends to itself at boot. */
const HEADER = 'x-connections-boot-probe';
const TIMEOUT_MS = 5000;
/** JSON, so that an earlier parser would accept it. */
const BODY = '{"probe": true}';

/** Where a probe got to: the handlers of a controller, a guard before them, or a parser that took its body. */
export type ProbeFinding =
  | { readonly at: 'controller'; readonly controller: Type<unknown> }
  | { readonly at: 'guard' }
  | { readonly at: 'parser' };

/** What came of a probe. Both are null when there was no answer in time. */
export interface ProbeResult {
  readonly finding: ProbeFinding | null;
  readonly status: number | null;
}

/** The probes of this process that are not answered yet, by a value that no other client knows. */
const underWay = new Map<unknown, (finding: ProbeFinding) => void>();

type WithHeaders = Pick<IncomingMessage, 'headers'>;

/** Whether a request is a probe of this process: it must not have any effect. */
export function isProbe({ headers }: WithHeaders): boolean {
  return underWay.has(headers[HEADER]);
}

/**
 * Records where a probe got to.
 *
 * @returns false for every other request
 */
export function noteProbe({ headers }: WithHeaders, finding: ProbeFinding): boolean {
  const note = underWay.get(headers[HEADER]);
  note?.(finding);
  return note !== undefined;
}

/** A request to be sent to the application itself. */
export interface Probe {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The application's own origin, as browsers name it. */
  readonly origin: URL;
}

/** Whether an answer is that of a route. Middleware of a host redirects, refuses or is under maintenance, and may be so for a path too. */
export function isServed(status: number | null): boolean {
  return status !== null && status < 300;
}

/**
 * Sends an application a request over a socket of this machine, so that everything runs that the host has before the routes.
 *
 * @param app - takes the request, as the adapter's own server would
 */
export async function sendProbe(app: RequestListener, probe: Probe): Promise<ProbeResult> {
  const id = uuidv4();
  let finding: ProbeFinding | null = null;
  underWay.set(id, (found) => {
    finding = found;
  });
  const server = createServer(app);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const status = await answered(server, probe, id);
    return { finding, status };
  } catch {
    // No loopback or no answer in time proves nothing.
    return { finding, status: null };
  } finally {
    underWay.delete(id);
    server.close();
    server.closeAllConnections();
  }
}

async function answered(server: Server, { method, path, origin }: Probe, id: string): Promise<number | null> {
  const { port } = server.address() as AddressInfo;
  const body = method === 'POST' ? BODY : '';
  return new Promise((resolve, reject) => {
    const headers = {
      host: origin.host,
      // A host that redirects to https must take it for what a browser sends.
      'x-forwarded-proto': origin.protocol.slice(0, -1),
      [HEADER]: id,
      ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
    };
    httpRequest({ host: '127.0.0.1', port, path, method, headers, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    })
      .once('timeout', () => {
        reject(new Error('no answer'));
      })
      .once('error', reject)
      .end(body);
  });
}
