import type { ClaimedAttempt } from '../../attempts/attempt.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';

/** The clocks of Powens and of the database differ, and Powens reports whole seconds. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Whether a connection or a Powens user was created during an attempt, by its creation time. One without a time is never
 * attributed to it.
 *
 * @internal
 */
export function isMadeDuring(
  attempt: Pick<ClaimedAttempt, 'createdAt'>,
  { created }: Pick<PowensConnection, 'created'>,
): boolean {
  return created !== null && created.getTime() >= attempt.createdAt.getTime() - CLOCK_TOLERANCE_MS;
}
