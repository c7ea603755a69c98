import type { Loss, LossEvidence, LossSubject } from '../../custody/losses/loss.js';

/**
 * Something that Powens did not find and that is still in use here.
 *
 * @public
 */
export interface ReconciledLoss {
  /** For `ReconciliationService.approveLosses`. */
  readonly id: string;
  /** A connection, a Powens user with all its connections, or a token. */
  readonly subject: LossSubject;
  /** Id of the connection here; of a user or token, the id of its row. */
  readonly subjectId: string;
  /** What Powens answered, with an error code of its own. */
  readonly evidence: LossEvidence;
  /** `suspected` waits for a second look, `held` for a person's approval, `granted` for the next look. */
  readonly status: 'suspected' | 'held' | 'granted';
  /** Connections that it would take out of use. */
  readonly connections: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Maps a loss that is not over. */
export function lossOfRow(loss: Loss): ReconciledLoss {
  const { id, subject, subjectId, evidence, weight, firstSeenAt, lastSeenAt } = loss;
  const status = loss.status === 'held' || loss.status === 'granted' ? loss.status : 'suspected';
  return { id, subject, subjectId, evidence, status, connections: weight, firstSeenAt, lastSeenAt };
}
