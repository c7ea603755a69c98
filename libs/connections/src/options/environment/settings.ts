/** One variable of the environment. */
export interface EnvironmentSetting {
  readonly variable: string;
  /** Path of the option that it sets. */
  readonly option: string;
  /** What it is, in a table and above its line of an example file. */
  readonly meaning: string;
  /** A value for an example file; a secret has none. */
  readonly example?: string;
  /** Whether the module does not start without it. */
  readonly required?: true;
}

/**
 * The variables that `connectionsConfig` and the commands read, each once. The table of docs/options.md and `.env.example` are
 * made of it.
 *
 * @internal
 */
export const ENVIRONMENT: readonly EnvironmentSetting[] = [
  {
    variable: 'POWENS_DOMAIN',
    option: 'powens.domain',
    meaning: 'the domain of the Powens console',
    example: 'acme-sandbox',
    required: true,
  },
  {
    variable: 'POWENS_CLIENT_ID',
    option: 'powens.clientId',
    meaning: 'the client application, digits',
    example: '20000001',
    required: true,
  },
  {
    variable: 'POWENS_CLIENT_SECRET',
    option: 'powens.clientSecret',
    meaning: 'its secret',
    required: true,
  },
  {
    variable: 'PUBLIC_URL',
    option: 'publicUrl',
    meaning: 'own origin, as browsers see it',
    example: 'https://app.example.com',
    required: true,
  },
  {
    variable: 'CONNECTIONS_KEYS',
    option: 'keys',
    meaning: 'the encryption keys, `id:base64,id:base64`; `npx connections keys generate` makes one',
    required: true,
  },
  {
    variable: 'POWENS_WEBHOOK_SECRET',
    option: 'webhooks.auth.secrets',
    meaning:
      'the secret of the HMAC provider at Powens, several with commas; without it no webhook is received',
  },
  {
    variable: 'POWENS_USERS_TOKEN',
    option: 'powens.usersToken',
    meaning: 'the "users token" of the console',
  },
  {
    variable: 'POWENS_API_URL',
    option: 'powens.apiUrl',
    meaning: 'root of the API, for a proxy or a sandbox',
  },
  { variable: 'POWENS_WEBVIEW_URL', option: 'powens.webviewUrl', meaning: 'root of the webview' },
  {
    variable: 'POWENS_PROVIDER_ORIGIN',
    option: 'powens.providerOrigin',
    meaning: 'names the Powens behind an API address that changes',
  },
  {
    variable: 'POWENS_TOTAL_TIMEOUT_MS',
    option: 'powens.totalTimeoutMs',
    meaning: 'milliseconds for a call to Powens',
  },
  {
    variable: 'CONNECTIONS_REDIRECT_URI',
    option: 'redirectUri',
    meaning: 'the redirect URI, whole, where a proxy rewrites paths',
  },
  {
    variable: 'CONNECTIONS_PROVISIONING',
    option: 'provisioning',
    meaning: '`webview-first` or `server-first`',
  },
  { variable: 'CONNECTIONS_LANG', option: 'lang', meaning: 'language of the webview' },
  {
    variable: 'CONNECTIONS_RETURN_TO',
    option: 'returnTo.default',
    meaning: 'path of the application to which browsers are redirected after the callback',
  },
  { variable: 'CONNECTIONS_RELAY', option: 'outbox.relay', meaning: 'whether this process delivers events' },
  {
    variable: 'CONNECTIONS_SWEEPER',
    option: 'lifecycle.sweeper',
    meaning: 'whether this process finishes interrupted changes',
  },
  {
    variable: 'CONNECTIONS_RECONCILIATION',
    option: 'reconciliation.enabled',
    meaning: 'whether this process compares with Powens',
  },
  {
    variable: 'CONNECTIONS_WEBHOOK_PROCESSING',
    option: 'webhooks.processing',
    meaning: 'whether this process processes webhooks',
  },
  {
    variable: 'CONNECTIONS_UNCONFIRMED',
    option: 'unconfirmedConnections',
    meaning: '`quarantine`, `keep` or `delete`',
  },
  {
    variable: 'CONNECTIONS_AUDIT_TRAIL',
    option: 'auditTrail.enabled',
    meaning: '`true` writes the audit trail to the database',
  },
  {
    variable: 'CONNECTIONS_LOG_LEVEL',
    option: 'logs.level',
    meaning: '`silent`, `fatal`, `error`, `warn`, `log`, `debug` or `verbose`',
  },
  { variable: 'CONNECTIONS_LOG_FORMAT', option: 'logs.format', meaning: '`text` or `object`' },
  {
    variable: 'CONNECTIONS_PREFLIGHT',
    option: 'preflight',
    meaning: 'whether Powens is asked for the redirect URI at boot',
  },
  {
    variable: 'CONNECTIONS_PREPARED_STATEMENTS',
    option: 'preparedStatements',
    meaning: '`false` behind a pooler that does not keep prepared statements',
  },
  {
    variable: 'CONNECTIONS_INSECURE_LOOPBACK',
    option: 'insecureLoopback',
    meaning: '`true` for `http://localhost` in development',
  },
];
