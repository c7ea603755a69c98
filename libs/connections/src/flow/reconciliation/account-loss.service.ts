import { Inject, Injectable, Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AccountRepository, type AccountState } from '../../custody/account.repository.js';
import { PowensApiError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/access-token.js';
import type { OwnerAccount } from '../../values/owner-account.js';
import type { Owner } from '../../values/owner.js';
import { ErasureService } from '../lifecycle/erasure.service.js';
import { TokenLifecycleService } from '../tokens/token-lifecycle.service.js';
import { DeadToken } from './dead-token.service.js';

/**
 * Owners that may be erased one after the other while not one Powens user is found. Then it is more likely that another
 * Powens is asked than before: a wrong domain must not erase everybody.
 */
const MOST_GONE_IN_A_ROW = 3;

const RENEWAL = 'POST /auth/renew';

/**
 * Draws the conclusion when an account cannot be read at Powens any more: its token is dead, or its user is gone.
 *
 * @see TC-26
 * @internal
 */
@Injectable()
export class AccountLoss {
  readonly #logger = new Logger('ConnectionsReconciliation');
  #goneInARow = 0;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly accounts: AccountRepository,
    private readonly tokens: TokenLifecycleService,
    private readonly erasure: ErasureService,
    private readonly powens: PowensClient,
    private readonly deadToken: DeadToken,
  ) {}

  /** Notes that Powens knows a user of ours: it is the Powens that the accounts come from. */
  foundAlive(): void {
    this.#goneInARow = 0;
  }

  /**
   * Decides what a failure to read an account means, and writes it.
   *
   * @param error - what reading the connections threw, a renewal included
   * @param mayRenew - whether a lost token was to be renewed; one that was not is let go
   * @returns null when it means neither: then nothing was written
   * @throws PowensApiError when Powens cannot be asked which of both it is
   */
  async conclude(
    owner: Owner,
    account: OwnerAccount,
    error: PowensApiError,
    mayRenew: boolean,
  ): Promise<'token_revoked' | 'user_gone' | null> {
    const state = await this.accounts.find(this.options.instance, owner);
    if (state?.userId !== account.userId || state.status !== 'active') {
      return null;
    }
    if (await this.isGone(owner, error)) {
      return this.eraseGone(state);
    }
    const isRenewed = mayRenew && state.renewable;
    if (error.failure.status !== 401 || error.failure.operation === RENEWAL || isRenewed) {
      return null;
    }
    if (!(await this.exists(account.powensUserId))) {
      return this.eraseGone(state);
    }
    await this.deadToken.drop(owner, account);
    return 'token_revoked';
  }

  private async isGone(owner: Owner, error: PowensApiError): Promise<boolean> {
    if (error.failure.operation === RENEWAL) {
      return isToldBy(error, [400, 404]);
    }
    return isToldBy(error, [404]) && (await this.isUnknown(owner));
  }

  /** Asks for the user itself, since a list may be not found for another reason. */
  private async isUnknown(owner: Owner): Promise<boolean> {
    try {
      await this.tokens.withToken(owner, async (token) => this.powens.getUser(token), 'GET /users/me');
      return false;
    } catch (error) {
      if (error instanceof PowensApiError) {
        return isToldBy(error, [404]);
      }
      throw error;
    }
  }

  /** A dead token does not tell. Asked by a token for this one question, which leaves the others of the user alone. */
  private async exists(powensUserId: string): Promise<boolean> {
    let token: AccessToken;
    try {
      token = await this.powens.renewToken(powensUserId, { revokePrevious: false });
    } catch (error) {
      if (error instanceof PowensApiError && error.code === 'powens_refused') {
        // Refused for another reason: as far as anybody can tell the user is there.
        return !isToldBy(error, [400, 404]);
      }
      throw error;
    }
    await this.powens.revokeToken(token);
    return true;
  }

  private async eraseGone(state: AccountState): Promise<'user_gone' | null> {
    if (this.#goneInARow >= MOST_GONE_IN_A_ROW) {
      this.#logger.error(
        `Powens user ${state.powensUserId ?? ''} is gone as ${MOST_GONE_IN_A_ROW} before it are, and none was found in ` +
          'between: nothing more is erased. Check powens.domain and powens.apiUrl; ConnectionsService.erase() erases one.',
      );
      return null;
    }
    this.#goneInARow += 1;
    await this.erasure.eraseGone(state);
    this.#logger.warn(`Powens user ${state.powensUserId ?? ''} is gone: its owner was erased here`);
    return 'user_gone';
  }
}

/** Only an error in Powens' own words counts: what stands in between may answer the same status to everything. */
function isToldBy({ failure }: PowensApiError, statuses: readonly number[]): boolean {
  return statuses.includes(failure.status ?? 0) && failure.powensCode !== null;
}
