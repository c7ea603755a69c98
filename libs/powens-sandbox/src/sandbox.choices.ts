/**
 * Everything the public documentation leaves open and that we had to decide, in one table.
 *
 * @see protocol notes, section 11.5
 */
export const SANDBOX_CHOICES = {
  /** Answer to a missing, unknown, expired or revoked bearer. */
  badBearer: { status: 401, code: 'unauthorized', description: 'Authentication required' },
  /** Answer to a wrong client secret, or to a token of the wrong kind. */
  forbidden: { status: 403, code: 'forbidden', description: 'You are not allowed to access this resource' },
  /** Answer to an unknown, used or expired code at the exchange. */
  badCode: {
    status: 400,
    code: 'invalidValue',
    description: "Invalid 'code', it is unknown, expired or already used",
  },
  /** Answer to an unknown resource, or to one of another user. */
  notFound: { status: 404, code: 'notFound', description: 'Ressource was not found.' },
  /** Answer to a method that a path does not have. */
  methodNotAllowed: { status: 405, code: 'methodNotAllowed', description: 'The method is not allowed here.' },
  /** Answer to a connection to a connector that is `restricted`: access to it must be asked for. */
  restrictedConnector: {
    status: 403,
    code: 'forbidden',
    description: 'This connector is restricted: ask for access to it',
  },
  /** Answer to one connection more than `maxConnections` of the settings. */
  tooManyConnections: {
    status: 403,
    code: 'forbidden',
    description: 'The limit of connections of this domain is reached',
  },
  /** Answer to a caller above the rate limit, where the settings or a planted fault have one. */
  rateLimit: { status: 429, code: 'rateLimit', description: 'Too many requests', retryAfterSeconds: 60 },
  /** Answer when transactions are asked for and no account is enabled. */
  noAccount: { status: 409, code: 'noAccount', description: 'At least one bank account is required.' },
  /** A synchronisation asked for sooner than this after the previous one answers 409. */
  freshnessSeconds: 60,
  /** Between two automatic synchronisations. */
  nightlySyncSeconds: 24 * 3600,
  /** Life of codes, temporary tokens, temporary users and webview sessions. */
  temporarySeconds: 1800,
  /** Life of a bank's web authorisation URL. */
  webauthUrlSeconds: 2 * 3600,
  /** Length of a consent given at the bank. */
  consentSeconds: 180 * 24 * 3600,
  /** How long a connection stays `validating` after a confirmation in the background. */
  validationSeconds: 2,
  /** Status of a connection created through the API, once it is complete. */
  createdConnectionStatus: 201,
  /** Status of a connection created or updated through the API, while it asks for one more step. */
  unfinishedConnectionStatus: 202,
  /** Answer to credentials or a one-time code that the bank refuses. */
  wrongPass: {
    status: 400,
    code: 'wrongpass',
    description: 'Authentication failed',
    message: 'Identifiant ou mot de passe incorrect',
  },
  /** Where `POST /auth/renew` has no `id_user`: the text of the reference says that a user is created. */
  renewWithoutUserCreatesOne: true,
  /** A webview code is exchanged by the client application that opened the webview, and by no other. */
  webviewCodeBoundToClient: true,
  /** Largest (and default) page of a list. */
  maxPageSize: 1000,
  /** How many calls the ledger remembers: the oldest go first. */
  ledgerCalls: 10_000,
  /**
   * How webhooks are sent until `POST /sandbox/webhooks/settings` says otherwise. A retry is a new request, hence a new
   * date; a query string of a registered URL is not part of the signed path.
   */
  webhookSettings: {
    gzip: false,
    signs: 'plain',
    redate: true,
    bigFirstSync: 0,
    timeoutMs: 10_000,
    flusherPeriodSeconds: 300,
    parallelism: 1,
    paused: false,
    userAgent: 'Powens-Sandbox-Webhooks/1.0',
  },
  /** A registration rests until the next run of the flusher after so many failures in a row, or so many timeouts. */
  webhookLimits: { failures: 10, timeouts: 2 },
  /** How many acknowledged deliveries the log remembers, and how many attempts of each. */
  webhookLog: { deliveries: 5000, attempts: 50 },
  /** Longest name of a webhook auth provider, and the answer to a longer one with dashes: the one that fails in the field. */
  webhookProviderName: { maxLength: 38, status: 500, code: 'dataError', description: 'Data error' },
  /** The purge of a user that stayed temporary sends no `USER_DELETED`. */
  purgeSendsUserDeleted: false,
} as const;
