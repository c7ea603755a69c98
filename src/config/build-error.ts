import { ConfigurationError } from 'nestjs-powens-connections';

/** Which variable sets which option of the library. */
const VARIABLES: Readonly<Record<string, string>> = {
  keys: 'CONNECTIONS_KEYS',
  publicUrl: 'PUBLIC_URL',
  'powens.domain': 'POWENS_DOMAIN',
  'powens.clientId': 'POWENS_CLIENT_ID',
  'powens.clientSecret': 'POWENS_CLIENT_SECRET',
  'powens.apiUrl': 'POWENS_API_URL',
  'powens.webviewUrl': 'POWENS_WEBVIEW_URL',
};

/** Codes of networks and of PostgreSQL that say: wrong address, wrong password, no such database. */
const DATABASE_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  '28000',
  '28P01',
  '3D000',
]);

/** Turns what stops the application from being built into something that a person can act on. */
export function explainBuildError(error: unknown): unknown {
  if (error instanceof ConfigurationError) {
    const variable = VARIABLES[error.option];
    return variable === undefined ? error : new Error(`${variable} cannot be used. ${error.message}`);
  }
  const code: unknown = (error as { code?: unknown } | null)?.code;
  if (DATABASE_CODES.has(code)) {
    return new Error(`DATABASE_URL leads to no database that can be used (${String(code)}).`);
  }
  return error;
}
