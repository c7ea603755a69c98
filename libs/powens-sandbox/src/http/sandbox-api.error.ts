import { randomBytes } from 'node:crypto';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';

/**
 * The provider's error object: these four keys and no other, a strict client refuses a fifth.
 *
 * @see protocol notes, section 9.1
 */
export interface ErrorObject {
  code: string;
  description: string;
  message: string | null;
  request_id: string;
}

/** A refusal that the provider would answer, with its status. */
export class SandboxApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
    /** The institution's own words, when it is the one that refuses. */
    readonly institutionMessage: string | null = null,
  ) {
    super(description);
    this.name = new.target.name;
  }

  /** The body of the answer. */
  toErrorObject(): ErrorObject {
    return errorObject(this.code, this.description, this.institutionMessage);
  }
}

/** Builds an error object with a fresh request id. */
export function errorObject(code: string, description: string, message: string | null = null): ErrorObject {
  return { code, description, message, request_id: randomBytes(4).toString('hex') };
}

function chosen(choice: { status: number; code: string; description: string }): SandboxApiError {
  return new SandboxApiError(choice.status, choice.code, choice.description);
}

/** 401: the bearer is missing, unknown, expired or revoked. */
export const unauthorized = (): SandboxApiError => chosen(SANDBOX_CHOICES.badBearer);

/** 403: wrong client secret, or a token that does not reach this far. */
export const forbidden = (): SandboxApiError => chosen(SANDBOX_CHOICES.forbidden);

/** 404: unknown, or unknown for this user. */
export const notFound = (): SandboxApiError => chosen(SANDBOX_CHOICES.notFound);

/** 429: too many calls in a minute. */
export const rateLimited = (): SandboxApiError => chosen(SANDBOX_CHOICES.rateLimit);

/** 405: the path exists, and not with this method. */
export const methodNotAllowed = (): SandboxApiError => chosen(SANDBOX_CHOICES.methodNotAllowed);

/** 403: the connector is restricted. */
export const restrictedConnector = (): SandboxApiError => chosen(SANDBOX_CHOICES.restrictedConnector);

/** 403: the domain has as many connections as it may have. */
export const tooManyConnections = (): SandboxApiError => chosen(SANDBOX_CHOICES.tooManyConnections);

/** 400: the code cannot be exchanged. */
export const badCode = (): SandboxApiError => chosen(SANDBOX_CHOICES.badCode);

/** 400: the bank refuses what was typed. */
export function wrongPass(): SandboxApiError {
  const { status, code, description, message } = SANDBOX_CHOICES.wrongPass;
  return new SandboxApiError(status, code, description, message);
}

/** 409: this connection is too fresh to be synchronised again. Both texts are the same in the field. */
export function syncConflict(id: number): SandboxApiError {
  const text = `Can't force synchronization of connection ${id}`;
  return new SandboxApiError(409, 'conflict', text, text);
}

/** 409: transactions were asked for before any account was consented to. */
export const noAccount = (): SandboxApiError => chosen(SANDBOX_CHOICES.noAccount);

/** 400: a value that cannot be used. */
export function invalidValue(name: string, why = 'the value is not valid'): SandboxApiError {
  return new SandboxApiError(400, 'invalidValue', `Invalid '${name}', ${why}`);
}

/** 400: a field that had to be there. */
export function missingParameter(name: string): SandboxApiError {
  return new SandboxApiError(400, 'missingParameter', `Missing parameter '${name}'`);
}
