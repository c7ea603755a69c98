import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { LossEvidence, LossSubject } from '../../custody/losses/loss.js';
import { PowensApiError } from '../../errors/index.js';
import type { LossPolicy, LossVerdict } from '../losses/loss-policy.service.js';
import { isOwnAnswer } from '../losses/own-connections.js';
import type { RemoteConnections } from '../losses/remote-connections.service.js';
import type { TokenRenewal } from '../tokens/token-renewal.service.js';

/** The meaning of a failure to read a Powens user. */
export interface MissingUser {
  readonly subject: Exclude<LossSubject, 'connection'>;
  readonly evidence: LossEvidence;
}

/** A {@link MissingUser} with the verdict of the loss policy. */
export interface MissingUserVerdict {
  readonly subject: MissingUser['subject'];
  readonly verdict: LossVerdict;
}

const RENEWAL = 'POST /auth/renew';

/** Where a Powens user is checked. The loss policy decides what follows. */
export interface MissingUserChecks {
  readonly renewal: TokenRenewal;
  readonly remotes: Pick<RemoteConnections, 'checkUser'>;
  readonly policy: LossPolicy;
}

/**
 * Determines why a Powens user cannot be read, its token is refused or the user is gone, and passes it to the loss policy.
 *
 * @param error - error of the read of the connections, or of the renewal within it
 * @param mayRenew - whether a lost token was allowed to be renewed
 * @returns null when it means neither: then nothing was written
 * @throws PowensApiError when Powens does not answer which of both it is
 * @see TC-26
 * @internal
 */
export async function resolveMissingUser(
  checks: MissingUserChecks,
  state: PowensUserState,
  error: PowensApiError,
  mayRenew: boolean,
): Promise<MissingUserVerdict | null> {
  const missing = await meaningOf(checks, state, error, mayRenew);
  if (missing === null) {
    return null;
  }
  const { subject, evidence } = missing;
  if (isAlreadyApplied(state, subject)) {
    return { subject, verdict: 'applied' };
  }
  const { userId } = state;
  return { subject, verdict: await checks.policy.notFound({ subject, subjectId: userId, userId, evidence }) };
}

/**
 * Checks, with a temporary token, a Powens user whose token was revoked here and that was reported as deleted.
 *
 * @throws PowensApiError when Powens does not answer
 * @internal
 */
export async function checkWithoutToken(checks: MissingUserChecks, state: PowensUserState): Promise<void> {
  const { userId } = state;
  const isSuspected = (await checks.policy.openOf(userId)).some(({ subject }) => subject === 'user');
  if (!isSuspected) {
    return;
  }
  if (await exists(checks, state)) {
    await checks.policy.found([userId]);
    return;
  }
  await checks.policy.notFound({ subject: 'user', subjectId: userId, userId, evidence: 'renewal_refused' });
}

async function meaningOf(
  checks: MissingUserChecks,
  state: PowensUserState,
  error: PowensApiError,
  mayRenew: boolean,
): Promise<MissingUser | null> {
  if (error.failure.operation === RENEWAL) {
    return isOwnAnswer(error, [400, 404]) ? { subject: 'user', evidence: 'renewal_refused' } : null;
  }
  if (isOwnAnswer(error, [404])) {
    // A list may be not found for another reason: read the user itself.
    return (await checks.remotes.checkUser(state)) === 'gone'
      ? { subject: 'user', evidence: 'user_not_found' }
      : null;
  }
  if (!isOwnAnswer(error, [401]) || (await wasRenewed(checks, state, mayRenew))) {
    return null;
  }
  return (await exists(checks, state))
    ? { subject: 'token', evidence: 'token_refused' }
    : { subject: 'user', evidence: 'renewal_refused' };
}

/** Whether a renewal was tried before the 401: then the 401 says nothing about the stored token. */
async function wasRenewed(
  checks: MissingUserChecks,
  state: PowensUserState,
  mayRenew: boolean,
): Promise<boolean> {
  if (!mayRenew || !state.renewable || state.status === 'revoked') {
    return false;
  }
  const open = await checks.policy.openOf(state.userId);
  return !open.some(({ subject }) => subject === 'token');
}

/** A 401 does not say whether the token or the user is gone. Asks with a temporary token, without revoking the user's others. */
async function exists(checks: MissingUserChecks, state: PowensUserState): Promise<boolean> {
  if (state.powensUserId === null) {
    return true;
  }
  try {
    return await checks.renewal.withTemporaryToken(state, () => Promise.resolve(true));
  } catch (error) {
    if (error instanceof PowensApiError && ['powens_refused', 'powens_user_not_found'].includes(error.code)) {
      // Refused for another reason: assume that the user exists.
      return !isOwnAnswer(error, [400, 404]);
    }
    throw error;
  }
}

/** A subject that is out of use already is only checked for its return. */
function isAlreadyApplied({ status }: PowensUserState, subject: MissingUser['subject']): boolean {
  return status === 'lost' || (status === 'revoked' && subject === 'token');
}
