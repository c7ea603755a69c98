/**
 * The regular comparison of what is kept here with what Powens reports: for webhooks that were missed, connections deleted
 * elsewhere, tokens revoked, restored backups.
 *
 * @public
 */
export interface ReconciliationOptions {
  /**
   * Compares in this process. Any number of processes may: the database lets one work at a time.
   *
   * @defaultValue true
   */
  enabled?: boolean;
  /**
   * Hours between two comparisons of one account, give or take a tenth.
   *
   * @defaultValue 24
   */
  intervalHours?: number;
  /**
   * Accounts compared per minute by all processes together; each takes a call or two at Powens, whose sandbox allows 30
   * calls a minute.
   *
   * @defaultValue 10
   */
  usersPerMinute?: number;
}
