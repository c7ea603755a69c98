/**
 * Result of the comparison of one Powens user.
 *
 * @public
 */
export interface ReconciliationOutcome {
  /**
   * - `compared`: the rows here match the state at Powens
   * - `suspected`: Powens does not find the user, or refuses the token. Nothing changes before a second check agrees
   * - `held`: a second check agrees, but the limit of `losses` does not allow it: a person must approve it
   * - `token_revoked`: Powens no longer accepts the token, and the library may not renew it. Its ciphertext is kept for
   *   `losses.rememberDays`; each connection got a `connection.action_required` with `requiredAction: 'reconnect'`
   * - `user_gone`: the Powens user no longer exists. It is out of use here with its connections, notified by
   *   `user.deleted`, and kept for `losses.rememberDays`
   */
  readonly result: 'compared' | 'suspected' | 'held' | 'token_revoked' | 'user_gone';
  /** Connections that were unknown here, admitted as option `unconfirmedConnections` says. */
  readonly added: number;
  /** Connections whose state, last synchronisation or end of consent changed. */
  readonly changed: number;
  /** Connections that two checks did not find at Powens, notified by `connection.deleted`. */
  readonly removed: number;
  /** Connections that Powens does not find, and that stay in use until a second check agrees, or a person approves. */
  readonly missing: number;
  /** Whether the token was lost and renewed. */
  readonly tokenRenewed: boolean;
}

/**
 * Powens users without a row here. They are reported and never deleted: another application of the same domain may have
 * created them.
 *
 * @public
 */
export type OrphanReport =
  | {
      readonly checked: false;
      /** `no_users_token`: option `powens.usersToken` is not set; `not_yet`: no search ran yet; `failed`: see the log. */
      readonly reason: 'no_users_token' | 'not_yet' | 'failed';
    }
  | {
      readonly checked: true;
      /** Users that are unknown here and older than an hour. */
      readonly count: number;
      /** Their ids at Powens, the first 1000. */
      readonly powensUserIds: readonly string[];
      /** Time of the search, ISO 8601 in UTC. */
      readonly at: string;
    };

/**
 * Figures of comparisons.
 *
 * @public
 */
export interface ReconciliationReport {
  /** Powens users compared to the end, whatever the result. */
  readonly accounts: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Connections, tokens and users that were not found, and that stay in use until a second check agrees, or a person approves. */
  readonly missing: number;
  readonly tokensRenewed: number;
  /** Tokens that Powens no longer accepts and that the library may not renew: their owners must reconnect. */
  readonly tokensRevoked: number;
  /** Powens users that are gone: out of use here. */
  readonly usersGone: number;
  /** Comparisons that failed. The log names each row. */
  readonly failures: number;
  readonly orphans: OrphanReport;
  /** When the last comparison ended, ISO 8601 in UTC; null when there was none. */
  readonly lastAt: string | null;
}

/**
 * Progress of a run over all Powens users.
 *
 * @public
 */
export interface ReconciliationProgress {
  /** Powens users compared, by any process. */
  readonly done: number;
  /** Powens users at the start of the run. */
  readonly total: number;
}

/**
 * Options of a run over all Powens users.
 *
 * @public
 */
export interface ReconcileAllOptions {
  /**
   * Renews tokens that Powens no longer accepts, where the row allows it. Set `false` after a backup was restored: a renewal
   * must not connect an owner again who disconnected after the backup was made.
   *
   * @defaultValue true
   */
  readonly renewTokens?: boolean;
  /** Ends the run after the current comparison. The remaining users stay due, and the regular comparison continues with them. */
  readonly signal?: AbortSignal;
  /** Called after each Powens user. */
  readonly onProgress?: (progress: ReconciliationProgress) => void;
}

/**
 * Result of the reconciliation of one Powens user.
 *
 * @internal
 */
export interface UserReconciled {
  readonly outcome: ReconciliationOutcome;
  /** `callback`: a connection was skipped, since its callback may still arrive; `loss`: a second check is due. */
  readonly again: 'callback' | 'loss' | null;
}
