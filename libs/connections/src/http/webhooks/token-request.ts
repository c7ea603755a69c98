import type { CapturedRequest } from './webhook-request.js';

/** The client of a token request, as the request names it. */
export interface TokenClient {
  readonly id: string;
  readonly secret: string;
  readonly grantType: string;
}

/**
 * Reads a request for a token: a form or JSON, with the client in the body or as HTTP Basic.
 *
 * @returns empty texts for missing values: no client has such a secret
 * @see RFC 6749 section 4.4.2
 */
export function clientOf({ credentials, body }: CapturedRequest): TokenClient {
  const text = Buffer.concat(body.chunks).toString('utf8');
  const given = text.trimStart().startsWith('{')
    ? jsonOf(text)
    : Object.fromEntries(new URLSearchParams(text));
  const textOf = (name: string): string => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const [id, secret] = credentials.authorization?.use(basicOf) ?? [
    textOf('client_id'),
    textOf('client_secret'),
  ];
  return { id, secret, grantType: textOf('grant_type') };
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** @see RFC 7617; the two parts are form-encoded, see RFC 6749 section 2.3.1 */
function basicOf(header: string): [string, string] | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]{1,4096})$/i.exec(header) ?? [];
  const [id, ...secret] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return encoded === undefined || id === undefined ? null : [decoded(id), decoded(secret.join(':'))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
