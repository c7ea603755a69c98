import type { ClaimedAttempt } from '../../attempts/attempt.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';

/** Powens' clock and the database's are not one, and Powens tells whole seconds. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * Whether a connection was made during an attempt, by its creation time. One without a time is never attributed to it.
 *
 * @internal
 */
export function isMadeDuring(
  attempt: Pick<ClaimedAttempt, 'createdAt'>,
  { created }: Pick<PowensConnection, 'created'>,
): boolean {
  return created !== null && created.getTime() >= attempt.createdAt.getTime() - CLOCKS_DIFFER_MS;
}
