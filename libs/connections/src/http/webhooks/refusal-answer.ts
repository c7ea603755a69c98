import type { IncomingMessage } from 'node:http';
import { ConnectionsError } from '../../errors/index.js';
import { internalProblem, problemOfError } from '../answers/problem.js';
import { announcedBytes } from './webhook-headers.js';

/** An answer given before any route was found. */
export interface RefusalAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Bytes of a body that nobody wants and that are still let in, so that the sender can read its answer. */
const LET_IN = 1024 * 1024;

/** Makes the answer to a webhook that is refused before it is read. */
export function answerRefusal(error: unknown, request: IncomingMessage): RefusalAnswer {
  const problem = error instanceof ConnectionsError ? problemOfError(error).problem : internalProblem();
  const isSmall = (announcedBytes(request) ?? Number.POSITIVE_INFINITY) <= LET_IN;
  const retryAfter = error instanceof ConnectionsError ? error.retryAfterSeconds : undefined;
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      // What was not read would have to be, before the connection could be used again.
      ...(isSmall ? {} : { connection: 'close' }),
    },
    body: JSON.stringify(problem),
  };
}
