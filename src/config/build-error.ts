import { ConfigurationError } from 'nestjs-powens-connections';

/** The variable of each option of the library. */
const VARIABLES: Readonly<Record<string, string>> = {
  keys: 'CONNECTIONS_KEYS',
  publicUrl: 'PUBLIC_URL',
  'powens.domain': 'POWENS_DOMAIN',
  'powens.clientId': 'POWENS_CLIENT_ID',
  'powens.clientSecret': 'POWENS_CLIENT_SECRET',
  'powens.apiUrl': 'POWENS_API_URL',
  'powens.webviewUrl': 'POWENS_WEBVIEW_URL',
};

/** Codes of networks and of PostgreSQL for a wrong address, a wrong password, a missing database. */
const DATABASE_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  '28000',
  '28P01',
  '3D000',
]);

/** Turns an error of the application's creation into one that names the repair. */
export function explainBuildError(error: unknown): unknown {
  if (error instanceof ConfigurationError) {
    const variables = error.problems.flatMap(({ option }) => VARIABLES[option] ?? []);
    return variables.length === 0
      ? error
      : new Error(`${variables.join(', ')} cannot be used. ${error.message}`);
  }
  const code: unknown = (error as { code?: unknown } | null)?.code;
  if (DATABASE_CODES.has(code)) {
    return new Error(`DATABASE_URL leads to no database that can be used (${String(code)}).`);
  }
  return error;
}
