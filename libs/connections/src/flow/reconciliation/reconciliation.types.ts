/**
 * What the comparison of one account found.
 *
 * @public
 */
export interface ReconciliationOutcome {
  /**
   * - `compared`: what is kept is what Powens says now
   * - `suspected`: Powens does not find the user, or refuses the token. Nothing is changed before a second look agrees
   * - `held`: a second look agrees, and the limit of `losses` does not allow it: a person must approve it
   * - `token_revoked`: Powens no longer takes the token, and it may not be renewed by itself. Its ciphertext is kept for
   *   `losses.rememberDays`; each connection got a `connection.action_required` with `requiredAction: 'reconnect'`
   * - `user_gone`: the Powens user does not exist any more. It is out of use here with its connections, notified by
   *   `user.deleted`, and remembered for `losses.rememberDays`
   */
  readonly result: 'compared' | 'suspected' | 'held' | 'token_revoked' | 'user_gone';
  /** Connections that were not known here, taken in as option `unconfirmedConnections` says. */
  readonly added: number;
  /** Connections whose state, last synchronisation or end of consent was another. */
  readonly changed: number;
  /** Connections that are gone at Powens by two looks, notified by `connection.deleted`. */
  readonly removed: number;
  /** Connections that Powens does not find, and that are in use until a second look agrees, or a person approves. */
  readonly missing: number;
  /** Whether the token was lost and renewed. */
  readonly tokenRenewed: boolean;
}

/**
 * Powens users that no account here belongs to. They are reported and never deleted: another application of the same
 * domain may have made them.
 *
 * @public
 */
export type OrphanReport =
  | {
      readonly checked: false;
      /** `no_users_token`: option `powens.usersToken` is not set; `not_yet`: it was not their turn; `failed`: see the log. */
      readonly reason: 'no_users_token' | 'not_yet' | 'failed';
    }
  | {
      readonly checked: true;
      /** Users that are unknown here and older than an hour. */
      readonly count: number;
      /** Their ids at Powens, the first 1000. */
      readonly powensUserIds: readonly string[];
      /** When they were looked for, ISO 8601 in UTC. */
      readonly at: string;
    };

/**
 * What comparisons found, in figures.
 *
 * @public
 */
export interface ReconciliationReport {
  /** Accounts compared to the end, whatever was found. */
  readonly accounts: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Connections, tokens and users that were not found, and that are in use until a second look agrees, or a person approves. */
  readonly missing: number;
  readonly tokensRenewed: number;
  /** Tokens that Powens no longer takes and that may not be renewed by itself: their owners must reconnect. */
  readonly tokensRevoked: number;
  /** Powens users that are gone: out of use here. */
  readonly usersGone: number;
  /** Comparisons that could not be made. The log names each account. */
  readonly failures: number;
  readonly orphans: OrphanReport;
  /** When the last comparison ended, ISO 8601 in UTC; null when there was none. */
  readonly lastAt: string | null;
}

/**
 * How far a run over all accounts is.
 *
 * @public
 */
export interface ReconciliationProgress {
  /** Accounts that had their turn, whichever process took it. */
  readonly done: number;
  /** Accounts there were when the run began. */
  readonly total: number;
}

/**
 * How to compare all accounts.
 *
 * @public
 */
export interface ReconcileAllOptions {
  /**
   * Renews tokens that Powens no longer takes, where the account allows it. After a backup was restored set `false`: an
   * owner who disconnected since the backup was made must not be connected again by a renewal.
   *
   * @defaultValue true
   * @see TC-26
   */
  readonly renewTokens?: boolean;
  /** Ends the run after the comparison under way. What is left keeps its turn: the regular comparison goes on with it. */
  readonly signal?: AbortSignal;
  /** Called after each account. */
  readonly onProgress?: (progress: ReconciliationProgress) => void;
}
