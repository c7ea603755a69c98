import { CallbackRefusedError } from '../errors/index.js';
import { AuthorizationCode } from './secrets/authorization-code.js';
import { oneLineOf } from './one-line.js';
import type { VerifiedCode, WebviewCallback, WebviewErrorWord } from './webview-callback.js';

const MAX_QUERY_LENGTH = 16_384;
const MAX_IDS = 50;
const STATE = /^[A-Za-z0-9_-]{43}$/;
const VISIBLE_ASCII = /^[\x21-\x7e]{1,2048}$/;
const POWENS_ID = /^[1-9][0-9]{0,18}$/;
const NAMES = new Set([
  'state',
  'code',
  'error',
  'error_description',
  'connection_id',
  'connection_ids',
  'id_connection',
]);
const ERROR_WORDS: readonly WebviewErrorWord[] = [
  'access_denied',
  'server_error',
  'tos_declined',
  'session_expired',
];

/**
 * Reads the query of a callback. Takes the raw text, not a framework's parsed query: those turn a `+` of the code into
 * a space, and disagree on repeats, arrays and brackets.
 *
 * @param query - what follows the `?`, as received
 * @throws CallbackRefusedError `malformed`: then nothing may be consumed
 * @see OA-08, OA-22, and section 3.3 of the Powens webview documentation for the aliases
 */
export function parseCallback(query: string): WebviewCallback {
  const parameters = parametersOf(query);
  const textOf = (name: string): string => parameters.get(name) ?? '';
  const [state, code] = [textOf('state'), textOf('code')];
  if (!STATE.test(state) || (code !== '' && !VISIBLE_ASCII.test(code))) {
    throw new CallbackRefusedError('malformed');
  }
  return {
    state,
    code: code === '' ? null : AuthorizationCode.of(code),
    connectionIds: connectionIdsOf(parameters),
    error: errorWordOf(textOf('error')),
    errorDescription: oneLineOf(textOf('error_description'), 200),
  };
}

/**
 * Marks a code as verified. Call it only after the state of its callback was consumed.
 *
 * @internal
 */
export function verifiedCode(code: AuthorizationCode): VerifiedCode {
  return code as VerifiedCode;
}

function parametersOf(query: string): Map<string, string> {
  if (query.length > MAX_QUERY_LENGTH) {
    throw new CallbackRefusedError('malformed');
  }
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const name = decodeOnce(equals < 0 ? pair : pair.slice(0, equals));
    // `state[]`, `code.x`: some frameworks read them as the known name.
    const known = NAMES.has(name.replace(/[[.].*$/s, ''));
    if (known && (!NAMES.has(name) || parameters.has(name))) {
      throw new CallbackRefusedError('malformed');
    }
    if (known) {
      parameters.set(name, decodeOnce(equals < 0 ? '' : pair.slice(equals + 1)));
    }
  }
  return parameters;
}

/** Percent-decoding alone, exactly once: `+` stays `+`, and `%252B` becomes `%2B`, not `+`. */
function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new CallbackRefusedError('malformed');
  }
}

/** The list claims several ids, the single parameter claims one; both together are read as one list. */
function connectionIdsOf(parameters: ReadonlyMap<string, string>): readonly string[] {
  const claimed = ['connection_ids', 'connection_id', 'id_connection']
    .flatMap((name) => (parameters.get(name) ?? '').split(','))
    .filter((id) => id !== '');
  if (claimed.length > MAX_IDS || claimed.some((id) => !POWENS_ID.test(id))) {
    throw new CallbackRefusedError('malformed');
  }
  return [...new Set(claimed)];
}

/** The list is open: an unknown future error must end an attempt, too. */
function errorWordOf(error: string): WebviewErrorWord | null {
  return error === '' ? null : (ERROR_WORDS.find((word) => word === error) ?? 'provider_error');
}
