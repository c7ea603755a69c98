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
  /** Answer to a caller above the rate limit (only by a planted fault: the sandbox has no limit of its own). */
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
  /** How long a connection stays `validating` after a confirmation that nobody waited for. */
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
} as const;
