import { Injectable } from '@nestjs/common';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { LossEvidence, LossSubject } from '../../custody/losses/loss.js';
import { PowensApiError } from '../../errors/index.js';
import { isOwnAnswer, LossPolicy, type LossVerdict } from '../losses/loss-policy.service.js';
import { PowensUsers } from '../losses/powens-users.service.js';
import { TokenRenewal } from '../tokens/token-renewal.service.js';

/** What a failure to read a Powens user means. */
export interface MissingUser {
  readonly subject: Exclude<LossSubject, 'connection'>;
  readonly evidence: LossEvidence;
}

/** A {@link MissingUser} with what became of it. */
export interface MissingUserVerdict {
  readonly subject: MissingUser['subject'];
  readonly verdict: LossVerdict;
}

const RENEWAL = 'POST /auth/renew';

/**
 * Finds out what it means when a Powens user cannot be read: its token is refused, or the user is gone. What follows from it is
 * for the loss policy to decide.
 *
 * @see TC-26
 * @internal
 */
@Injectable()
export class MissingUsers {
  constructor(
    private readonly renewal: TokenRenewal,
    private readonly living: PowensUsers,
    private readonly policy: LossPolicy,
  ) {}

  /**
   * Concludes from a failure, and hands it to the loss policy.
   *
   * @param error - what reading the connections threw, a renewal included
   * @param mayRenew - whether a lost token was to be renewed
   * @returns null when it means neither: then nothing was written
   * @throws PowensApiError when Powens cannot be asked which of both it is
   */
  async conclude(
    state: PowensUserState,
    error: PowensApiError,
    mayRenew: boolean,
  ): Promise<MissingUserVerdict | null> {
    const missing = await this.meaningOf(state, error, mayRenew);
    if (missing === null) {
      return null;
    }
    const { subject, evidence } = missing;
    if (isConcludedAlready(state, subject)) {
      return { subject, verdict: 'applied' };
    }
    const { userId } = state;
    return { subject, verdict: await this.policy.notFound({ subject, subjectId: userId, userId, evidence }) };
  }

  /**
   * Looks for a Powens user whose token was revoked here, when it was reported as deleted: by a token for this one question.
   *
   * @throws PowensApiError when Powens cannot be asked
   */
  async lookWithoutToken(state: PowensUserState): Promise<void> {
    const { userId } = state;
    const isSuspected = (await this.policy.openOf(userId)).some(({ subject }) => subject === 'user');
    if (!isSuspected) {
      return;
    }
    if (await this.exists(state)) {
      await this.policy.found([userId]);
      return;
    }
    await this.policy.notFound({ subject: 'user', subjectId: userId, userId, evidence: 'renewal_refused' });
  }

  private async meaningOf(
    state: PowensUserState,
    error: PowensApiError,
    mayRenew: boolean,
  ): Promise<MissingUser | null> {
    if (error.failure.operation === RENEWAL) {
      return isOwnAnswer(error, [400, 404]) ? { subject: 'user', evidence: 'renewal_refused' } : null;
    }
    if (isOwnAnswer(error, [404])) {
      // A list may be not found for another reason: the user itself is asked for.
      return (await this.living.look(state)) === 'gone'
        ? { subject: 'user', evidence: 'user_not_found' }
        : null;
    }
    if (!isOwnAnswer(error, [401]) || (await this.wasRenewed(state, mayRenew))) {
      return null;
    }
    return (await this.exists(state))
      ? { subject: 'token', evidence: 'token_refused' }
      : { subject: 'user', evidence: 'renewal_refused' };
  }

  /** Whether a renewal was tried before the 401: then it says nothing about the token that is kept. */
  private async wasRenewed(state: PowensUserState, mayRenew: boolean): Promise<boolean> {
    if (!mayRenew || !state.renewable || state.status === 'revoked') {
      return false;
    }
    const open = await this.policy.openOf(state.userId);
    return !open.some(({ subject }) => subject === 'token');
  }

  /** A 401 does not say whether the token or the user is gone: a token for this one question does, and leaves all others alone. */
  private async exists(state: PowensUserState): Promise<boolean> {
    if (state.powensUserId === null) {
      return true;
    }
    try {
      return await this.renewal.withTemporaryToken(state, () => Promise.resolve(true));
    } catch (error) {
      if (
        error instanceof PowensApiError &&
        ['powens_refused', 'powens_user_not_found'].includes(error.code)
      ) {
        // Refused for another reason: as far as it can be told the user is there.
        return !isOwnAnswer(error, [400, 404]);
      }
      throw error;
    }
  }
}

/** What is out of use already is only looked at to see whether it came back. */
function isConcludedAlready({ status }: PowensUserState, subject: MissingUser['subject']): boolean {
  return status === 'lost' || (status === 'revoked' && subject === 'token');
}
