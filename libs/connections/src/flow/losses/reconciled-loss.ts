import type { Loss, LossEvidence, LossSubject } from '../../custody/losses/loss.js';

/**
 * A loss: a connection, user or token that Powens did not find and that is still in use here.
 *
 * @public
 */
export interface ReconciledLoss {
  /** Id to pass to `ReconciliationService.approveLosses`. */
  readonly id: string;
  /** A connection, a Powens user with all its connections, or a token. */
  readonly subject: LossSubject;
  /** Id of the connection here; of a user or token, the id of its row. */
  readonly subjectId: string;
  /** The answer of Powens, which carried an error code of its own. */
  readonly evidence: LossEvidence;
  /** `suspected` waits for a second check, `held` for a person's approval, `granted` for the next check. */
  readonly status: 'suspected' | 'held' | 'granted';
  /** Number of connections that applying the loss takes out of use. */
  readonly connections: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Maps an open loss. */
export function lossOfRow(loss: Loss): ReconciledLoss {
  const { id, subject, subjectId, evidence, weight, firstSeenAt, lastSeenAt } = loss;
  const status = loss.status === 'held' || loss.status === 'granted' ? loss.status : 'suspected';
  return { id, subject, subjectId, evidence, status, connections: weight, firstSeenAt, lastSeenAt };
}
