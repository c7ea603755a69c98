import type { Secret } from '../../values/secrets/secret.js';
import type { AccessToken } from '../../values/secrets/access-token.js';

/**
 * One call to Powens.
 *
 * @internal
 */
export interface PowensCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below the API root, as documented: what errors name. */
  readonly operation: string;
  /** Path and query as sent. Ids in it were checked. */
  readonly path: string;
  /** Sent as bearer. */
  readonly token?: AccessToken;
  /** Makes the JSON body, once per try: no secret in it is kept longer than the try. */
  readonly body?: () => string;
  /** Ends the call with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** Sent secrets to remove from errors, in case Powens echoes them. The client secret of the options is always removed. */
  readonly secrets: readonly Secret[];
  /**
   * Whether the call may be processed twice. One that is not is sent again only when it was certainly not processed.
   *
   * @see RL-05, RL-06
   */
  readonly idempotent: boolean;
  /** What the answer holds: it limits its size (RL-15). */
  readonly answer: 'token' | 'read' | 'file';
}

const ANSWER_BYTES: Readonly<Record<PowensCall['answer'], number>> = {
  token: 64 * 1024,
  read: 5 * 1024 * 1024,
  // Streamed, never held whole.
  file: 100 * 1024 * 1024,
};

/**
 * The most bytes an answer may have.
 *
 * @see RL-15
 * @internal
 */
export function answerLimit(answer: PowensCall['answer']): number {
  return ANSWER_BYTES[answer];
}

/**
 * Names a call in errors, as `POST /auth/token/access`.
 *
 * @internal
 */
export function nameOf(call: PowensCall): string {
  return `${call.method} ${call.operation}`;
}

/**
 * A call that makes a token: it carries the credentials of a client application, and is not idempotent.
 *
 * @param secrets - that the body contains, but for the client secret of the options
 * @internal
 */
export function withCredentials(
  operation: string,
  body: () => string,
  secrets: readonly Secret[] = [],
): PowensCall {
  return {
    method: 'POST',
    operation,
    path: operation,
    body,
    secrets,
    idempotent: false,
    answer: 'token',
  };
}

/**
 * A call with a user's token. Reads and deletions are idempotent; a synchronisation is not.
 *
 * @internal
 */
export function fromUser(
  method: 'GET' | 'PUT' | 'DELETE',
  operation: string,
  token: AccessToken,
  path = operation,
): PowensCall {
  const idempotent = method !== 'PUT';
  return { method, operation, path, token, secrets: [token], idempotent, answer: 'read' };
}

/**
 * A read of what is public.
 *
 * @internal
 */
export function publicGet(operation: string, path: string): PowensCall {
  return { method: 'GET', operation, path, secrets: [], idempotent: true, answer: 'read' };
}
