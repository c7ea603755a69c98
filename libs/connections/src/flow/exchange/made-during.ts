import type { ClaimedAttempt } from '../../attempts/attempt.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import { timeOfId } from '../../values/ids/time-of-id.js';

/** The clocks of Powens and of the database differ, and Powens reports whole seconds. */
const CLOCK_TOLERANCE_MS = 60_000;
/** The time in an id is by the clock of the process that issued it, which may be ahead. */
const PROCESS_CLOCK_MS = 15 * 60_000;

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

/**
 * The creation time of the row, unless the one in its id (uuidv7) is later by more than clocks differ. The id is authenticated and the
 * time is not: an edited row must not make an older connection look as if this attempt had created it.
 */
export function beginOf({ id, createdAt }: Pick<ClaimedAttempt, 'id' | 'createdAt'>): Date {
  const named = timeOfId(id);
  return named.getTime() - createdAt.getTime() > PROCESS_CLOCK_MS ? named : createdAt;
}
