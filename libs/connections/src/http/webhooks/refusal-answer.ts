import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConnectionsError } from '../../errors/index.js';
import { internalProblem, problemOfError } from '../problem/problem.js';
import { announcedBytes } from './webhook-headers.js';

/** An answer given before any route was found. */
export interface RefusalAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Bytes of a refused body that are still read, so that the sender can read its answer. */
const LET_IN = 1024 * 1024;
/** Milliseconds that such a sender has to send the rest. */
const LET_IN_FOR_MS = 10_000;

/** Makes the answer to a webhook that is refused before it is read. */
export function answerRefusal(error: unknown, request: IncomingMessage): RefusalAnswer {
  const problem = error instanceof ConnectionsError ? problemOfError(error).problem : internalProblem();
  const isSmall = problem.status !== 408 && (announcedBytes(request) ?? Number.POSITIVE_INFINITY) <= LET_IN;
  const retryAfter = error instanceof ConnectionsError ? error.retryAfterSeconds : undefined;
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      // The rest of the body would have to be read before the connection could be reused.
      ...(isSmall ? {} : { connection: 'close' }),
    },
    body: JSON.stringify(problem),
  };
}

/**
 * Ends the connection of a request that is refused unread, unless the rest of its body arrives soon: Fastify waits for it without
 * limit.
 */
export function leaveSoon(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (!request.complete) {
      setTimeout(() => {
        if (!request.complete) {
          request.socket.destroy();
        }
      }, LET_IN_FOR_MS).unref();
    }
  });
}
