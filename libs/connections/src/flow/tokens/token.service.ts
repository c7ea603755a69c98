import { Injectable, Logger } from '@nestjs/common';
import {
  PowensUserLeaseRepository,
  type PowensUserLease,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError, CustodyError, PowensApiError, ProviderMismatchError } from '../../errors/index.js';
import type { AuditEntry } from '../../options/audit.interface.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { PowensUserLock } from './powens-user-lock.service.js';
import { TokenAudit } from './token-audit.service.js';
import { TokenRenewal } from './token-renewal.service.js';

/** Who wants a renewal, as the audit hook is told. */
export interface RenewedBy {
  readonly owner: Owner;
  readonly initiator: AuditEntry['initiator'];
}

/**
 * The life of a token after its exchange: used, renewed when Powens no longer takes it, revoked.
 *
 * @internal
 */
@Injectable()
export class TokenService {
  readonly #logger = new Logger('ConnectionsTokens');

  constructor(
    private readonly accounts: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    private readonly lock: PowensUserLock,
    private readonly audit: TokenAudit,
    private readonly losses: LossRepository,
    private readonly renewal: TokenRenewal,
  ) {}

  /**
   * Lends an owner's token.
   *
   * @param purpose - what it is lent for, told to the audit hook
   * @throws ConnectionsError `not_connected`; CustodyError
   */
  async withToken<T>(
    owner: Owner,
    use: (token: AccessToken) => T | Promise<T>,
    purpose = 'withToken',
  ): Promise<T> {
    return this.audit.record(owner, purpose, async () =>
      use(this.custody.open(owner, await this.require(owner))),
    );
  }

  /**
   * Runs an idempotent call with the owner's token. When Powens answers 401, the token is renewed once, under a lease
   * that all replicas see, and the call is sent once more. A token that the loss policy suspects is renewed only for an owner
   * who is present: another one may have disconnected (TC-26).
   *
   * @param ownerIsPresent - whether the owner asks for a flow right now
   * @see G7, RL-09
   */
  async call<T>(
    owner: Owner,
    account: OwnedPowensUser,
    send: (token: AccessToken) => Promise<T>,
    ownerIsPresent = false,
  ): Promise<T> {
    try {
      return await send(this.custody.open(owner, account));
    } catch (error) {
      if (!(error instanceof PowensApiError && error.failure.status === 401)) {
        throw error;
      }
      const renewed = await this.renewAfter401(owner, account, error, ownerIsPresent);
      return send(this.custody.open(owner, renewed));
    }
  }

  /**
   * Renews the owner's token; the one before is revoked. Callers that come together share one renewal.
   *
   * @throws ConnectionsError `not_connected` when there is no Powens user to renew for; PowensApiError
   */
  async renew(owner: Owner): Promise<OwnedPowensUser> {
    const by: RenewedBy = { owner, initiator: 'application' };
    const account = await this.accounts.find(owner);
    if (account === null || !['active', 'revoked'].includes(account.status)) {
      return this.recorded(by, () => Promise.reject(notConnected()));
    }
    return this.renewFrom(account, account.sealedToken, by);
  }

  /**
   * Renews, unless the token is no longer the `stale` one: then another caller did it meanwhile, and nothing is recorded for
   * this one.
   */
  async renewFrom(
    account: Pick<PowensUserState, 'userId'>,
    stale: string | null,
    by: RenewedBy,
  ): Promise<OwnedPowensUser> {
    return this.lock.with(account.userId, ['active', 'revoked', 'lost'], async (current, lease) => {
      const { powensUserId, provider, userId, sealedToken } = current;
      if (powensUserId === null) {
        throw notConnected();
      }
      const row = { ...current, powensUserId };
      if (sealedToken !== null && !this.custody.isSameToken(row, [sealedToken, stale])) {
        await this.accounts.release(lease);
        return { userId, powensUserId, provider, sealedToken };
      }
      const renewed = await this.recorded(by, async () => this.replaceToken(row, lease));
      return { userId, powensUserId, provider, sealedToken: renewed };
    });
  }

  /** @returns the new envelope */
  private async replaceToken(
    row: PowensUserState & { readonly powensUserId: string },
    lease: PowensUserLease,
  ): Promise<string> {
    const token = await this.renewed(row, lease);
    const sealed = this.custody.reseal(row, token);
    if (!(await this.accounts.replaceToken(lease, row.sealedToken, sealed))) {
      // Revoked or erased meanwhile: a live token that no row knows must not stay behind.
      await this.renewal.revoke(token);
      throw new ConnectionsError('busy', 'The account was changed while its token was renewed.');
    }
    this.#logger.log(
      `The access token of Powens user ${row.powensUserId} was renewed, those before are revoked`,
    );
    return sealed.sealedToken;
  }

  private async recorded<T>({ owner, initiator }: RenewedBy, renew: () => Promise<T>): Promise<T> {
    return this.audit.record(owner, 'token.renew', renew, { initiator });
  }

  /**
   * A definite refusal, of Powens or of the check, changed nothing. The lease is released, or the sweeper would renew again
   * and again.
   */
  private async renewed(account: PowensUserState, lease: PowensUserLease): Promise<AccessToken> {
    try {
      return await this.renewal.renew(account);
    } catch (error) {
      const isRefused = error instanceof PowensApiError && error.failure.processed === 'no';
      if (isRefused || error instanceof ProviderMismatchError || error instanceof CustodyError) {
        await this.accounts.release(lease);
      }
      if (isRefused && error.code === 'powens_user_not_found') {
        // Nothing is concluded from one answer: the comparison looks, and its policy decides.
        await this.accounts.makeDue(account.userId);
      }
      throw error;
    }
  }

  /**
   * Revokes the owner's token: unusable here at once, then at Powens, then its ciphertext is deleted.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError when Powens cannot be told yet: the sweeper goes on
   * @see TC-23
   */
  async revoke(owner: Owner): Promise<void> {
    const account = await this.require(owner);
    await this.accounts.beginRevocation(account.userId);
    await this.finishRevocation(account.userId);
  }

  /** Goes on with a revocation, from wherever it stopped. */
  async finishRevocation(userId: string): Promise<void> {
    await this.lock.withOrGone(userId, ['revoking'], async (account, lease) => {
      const { owner, sealedToken, powensUserId } = account;
      if (sealedToken !== null && powensUserId !== null) {
        await this.renewal.revoke(this.custody.open(owner, { ...account, powensUserId, sealedToken }));
      }
      await this.accounts.endRevocation(lease);
    });
  }

  /** The owner's usable account. */
  async require(owner: Owner): Promise<OwnedPowensUser> {
    const account = await this.custody.find(owner);
    if (account === null) {
      throw notConnected();
    }
    return account;
  }

  private async renewAfter401(
    owner: Owner,
    account: OwnedPowensUser,
    refusal: unknown,
    ownerIsPresent: boolean,
  ): Promise<OwnedPowensUser> {
    const current = await this.accounts.find(owner);
    if (current === null || !['active', 'lost'].includes(current.status)) {
      throw refusal;
    }
    const isSuspected = (await this.losses.findOpenOf(current.userId)).some(
      ({ subject }) => subject === 'token',
    );
    if (isSuspected ? !ownerIsPresent : !current.renewable) {
      throw refusal;
    }
    return this.renewFrom(current, account.sealedToken, { owner, initiator: 'background' });
  }
}

function notConnected(): ConnectionsError {
  return new ConnectionsError(
    'not_connected',
    'This owner has no access token yet. Start a connection first: POST {prefix}/connect.',
  );
}
