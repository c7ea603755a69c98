import { AccessToken } from '../values/secrets/access-token.js';
import { WebviewCode } from '../values/secrets/webview-code.js';
import { rawText, word } from './bank/bank-values.js';
import { parisDate, parisDateTime, pastParisDate } from './paris-date.js';
import { fields, id, isRecord, opaque, optionalId, shortText, UnexpectedShapeError } from './wire-values.js';
import type { WireCodeAnswer, WireConnection, WireSource, WireTokenAnswer, WireUser } from './powens.wire.js';

/**
 * A connection as this library knows it.
 *
 * @see https://docs.powens.com/api-reference/user-connections/connections
 * @internal
 */
export interface PowensConnection {
  readonly id: string;
  readonly userId: string | null;
  readonly connectorUuid: string | null;
  readonly connectorName: string | null;
  /** State as Powens reports it, null when the last synchronisation succeeded. */
  readonly state: string | null;
  readonly created: Date | null;
  readonly lastUpdate: Date | null;
  /** End of the consent that ends first, or null when it is unknown. */
  readonly expire: Date | null;
}

/**
 * A user as Powens reports it.
 *
 * @internal
 */
export interface PowensUser {
  readonly id: string;
  /** When it was created, or null where Powens does not say. */
  readonly signin: Date | null;
}

/** Reads the answer of `POST /auth/token/access` and `POST /auth/renew`. */
export function parseToken(body: unknown): AccessToken {
  const answer: WireTokenAnswer = fields(body);
  if (!isBearer(answer.token_type)) {
    throw new UnexpectedShapeError('token_type');
  }
  return AccessToken.of(opaque(answer.access_token ?? answer.auth_token ?? answer.token, 'access_token'));
}

/**
 * Reads the answer of `POST /auth/init`. The documentation of 2021 did not list `id_user`; a temporary user would be
 * gone in half an hour, with its connections.
 */
export function parseInit(body: unknown): { token: AccessToken; powensUserId: string | null } {
  const answer: WireTokenAnswer = fields(body);
  if (answer.type !== undefined && answer.type !== 'permanent') {
    throw new UnexpectedShapeError('type');
  }
  return { token: parseToken(body), powensUserId: optionalId(answer.id_user, 'id_user') };
}

/** Reads the answer of `GET /auth/token/code`. */
export function parseCode(body: unknown): WebviewCode {
  const answer: WireCodeAnswer = fields(body);
  return WebviewCode.of(opaque(answer.code, 'code'));
}

/**
 * Reads a user, its own or one of the list of all users.
 *
 * @see https://docs.powens.com/api-reference/user-connections/users
 */
export function parseUser(body: unknown): PowensUser {
  const user: WireUser = fields(body);
  // Compared with times, before a user is deleted and before a token is stored: a day would agree with too many.
  return { id: id(user.id, 'id'), signin: parisDateTime(user.signin) };
}

/**
 * Reads a connection. `id_connector` is ignored: it differs from domain to domain.
 *
 * Only ids are strict: one odd name must not hide every connection of a user. A connection without a readable id is an error, for its
 * whole list too: what a list leaves out may count as deleted.
 */
export function parseConnection(body: unknown): PowensConnection {
  const wire: WireConnection = fields(body);
  const connector = isRecord(wire.connector) ? fields(wire.connector) : {};
  const state = stateOf(wire.state);
  return {
    id: id(wire.id, 'id'),
    userId: optionalId(wire.id_user, 'id_user'),
    connectorUuid: shortText(wire.connector_uuid, 64) ?? shortText(connector['uuid'], 64),
    connectorName: shortText(rawText(connector['name']), 255),
    state,
    created: parisDate(wire.created),
    lastUpdate: pastParisDate(wire.last_update),
    expire: endOfConsent(wire, state),
  };
}

/** Null says that all is well, so that what cannot be read must not become null: it reads as a state that this version does not know. */
function stateOf(value: unknown): string | null {
  const state = shortText(typeof value === 'string' ? value : word(value), 64);
  // The texts were seen in the field beside null, with the same meaning.
  return value === undefined || value === null || state === '' || state === 'null'
    ? null
    : (state ?? 'unknown');
}

/**
 * Reads the connection that was asked for by its id: an answer about another one says nothing about this one.
 *
 * @param asked - the id in the path
 */
export function parseConnectionOf(asked: string): (body: unknown) => PowensConnection {
  return (body) => {
    const connection = parseConnection(body);
    if (connection.id !== asked) {
      throw new UnexpectedShapeError('id');
    }
    return connection;
  };
}

/**
 * The earliest end among the sources in use: the connection's own `expire` is the latest of all, and in
 * `webauthRequired` it was seen to be the end of the bank's URL, two hours ahead.
 */
function endOfConsent(wire: WireConnection, state: string | null): Date | null {
  const sources = Array.isArray(wire.sources) ? wire.sources.filter(isRecord) : [];
  const ends = sources
    .map((source): WireSource => fields(source))
    .filter(({ disabled }) => disabled === undefined || disabled === null || disabled === false)
    .flatMap(({ access_expire: end }) => parisDate(end)?.getTime() ?? []);
  if (ends.length > 0) {
    return new Date(Math.min(...ends));
  }
  return state === 'webauthRequired' ? null : parisDate(wire.expire);
}

// Some answers omit it. This client supports bearer tokens only.
function isBearer(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && /^bearer$/i.test(value));
}
