import { randomBytes } from 'node:crypto';

const base64 = (bytes: number): string => randomBytes(bytes).toString('base64');

/**
 * A temporary code. It always holds at least one each of `+`, `/` and `=`: the characters that callers who decode
 * twice, or not at all, get wrong.
 *
 * @see protocol notes, section 3.4
 */
export function newCode(): string {
  return `${base64(9)}+${base64(9)}/${base64(10)}`;
}

/** A token: base64 too, with whatever characters chance puts there. */
export function newToken(): string {
  return base64(37);
}

/** An unguessable name, safe in a path. */
export function newSessionId(): string {
  return randomBytes(24).toString('base64url');
}
