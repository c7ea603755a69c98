/**
 * The audit trail: each {@link AuditEntry} as a row of `powens_audit`, chained by keyed hashes, so that a row that was edited,
 * removed or added by others is found by `npx connections audit verify`.
 *
 * Rows are written in batches a second after the operation, which waits for nothing. What a process has not written when it is
 * killed is lost; a graceful shutdown writes it.
 *
 * @public
 */
export interface AuditTrailOptions {
  /**
   * Writes the trail.
   *
   * @defaultValue false
   */
  enabled?: boolean;
  /**
   * Days for which rows are kept.
   *
   * @defaultValue 400
   */
  retentionDays?: number;
  /**
   * Removes owner, tenant and actor from the rows of an owner who was erased, some ten minutes after the erasure. The rows stay, and can
   * still be verified. `false` keeps them until the end of the retention: only where a law requires it.
   *
   * @defaultValue true
   */
  anonymiseErased?: boolean;
}
