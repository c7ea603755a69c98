import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import {
  PowensUserLeaseRepository,
  type PowensUserLease,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError, CustodyError, PowensApiError, ProviderMismatchError } from '../../errors/index.js';
import type { AuditEntry } from '../../options/audit.interface.js';
import { inSpan } from '../../telemetry/spans.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { measuredRenewal } from './measured-renewal.js';
import { PowensUserLock } from './powens-user-lock.service.js';
import type { RefusedTokenOptions } from './refused-token.js';
import { TokenAudit } from './token-audit.service.js';
import { TokenRenewal } from './token-renewal.service.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { Tenant } from '../../custody/tenants/tenant.js';

/** The requester of a renewal, for the audit hook. */
export interface RenewedBy {
  readonly owner: Owner;
  readonly initiator: AuditEntry['initiator'];
}

/**
 * Uses, renews and revokes a token after its exchange.
 *
 * @internal
 */
@Injectable()
export class TokenService {
  readonly #logger: Logger;

  constructor(
    private readonly leases: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    private readonly lock: PowensUserLock,
    private readonly audit: TokenAudit,
    private readonly losses: LossRepository,
    private readonly renewal: TokenRenewal,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsTokens', options);
  }

  /**
   * Lends an owner's token.
   *
   * @param purpose - why the token is used, for the audit hook
   * @throws ConnectionsError `not_connected`; CustodyError
   */
  async withToken<T>(
    owner: Owner,
    use: (token: AccessToken) => T | Promise<T>,
    purpose = 'withToken',
  ): Promise<T> {
    return this.audit.record(owner, purpose, async () =>
      inSpan('powens.token.use', async () => use(await this.custody.open(owner, await this.require(owner)))),
    );
  }

  /**
   * Runs an idempotent call with the owner's token. When Powens answers 401, the token is renewed once, under a lease
   * that all replicas see, and the call is sent again. A token that the loss policy suspects is renewed only for an owner
   * who is present: an absent one may have disconnected at Powens (TC-26).
   *
   * @see G7, RL-09
   */
  async call<T>(
    owner: Owner,
    user: OwnedPowensUser,
    send: (token: AccessToken) => Promise<T>,
    { ownerIsPresent = false, notRenewable = (refusal) => refusal, isAccepted }: RefusedTokenOptions = {},
  ): Promise<T> {
    const token = await this.custody.open(owner, user);
    try {
      return await inSpan('powens.token.use', async () => send(token));
    } catch (error) {
      const isRefused = error instanceof PowensApiError && error.failure.status === 401;
      if (!isRefused || (await isAccepted?.(token)) === true) {
        throw error;
      }
      const renewed = await this.renewAfter401(owner, user, ownerIsPresent);
      if (renewed === null) {
        throw notRenewable(error);
      }
      return send(await this.custody.open(owner, renewed));
    }
  }

  /**
   * Renews the owner's token and revokes the previous one. Concurrent callers share one renewal.
   *
   * @throws ConnectionsError `not_connected` when there is no Powens user to renew for; PowensApiError
   */
  async renew(owner: Owner): Promise<OwnedPowensUser> {
    const by: RenewedBy = { owner, initiator: 'application' };
    const user = await this.leases.find(owner);
    if (user === null || !['active', 'revoked'].includes(user.status)) {
      return this.recorded(by, () => Promise.reject(notConnected()));
    }
    return this.renewFrom(user, user.sealedToken, by);
  }

  /**
   * Renews, unless the token is no longer the `stale` one: then another caller renewed it meanwhile, and this call records
   * nothing.
   */
  async renewFrom(
    user: Pick<PowensUserState, 'userId'>,
    stale: string | null,
    by: RenewedBy,
  ): Promise<OwnedPowensUser> {
    return this.lock.with(user.userId, ['active', 'revoked', 'lost'], async (current, lease) => {
      const { powensUserId, provider, userId, sealedToken } = current;
      if (powensUserId === null) {
        throw notConnected();
      }
      const row = { ...current, powensUserId };
      if (sealedToken !== null && !this.custody.isSameToken(row, [sealedToken, stale])) {
        await this.leases.release(lease);
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
    const { token, tenant } = await this.renewed(row, lease);
    const sealed = this.custody.reseal(row, token, tenant);
    if (!(await this.leases.replaceToken(lease, row.sealedToken, sealed))) {
      // Revoked or erased meanwhile: no valid token may exist that no row holds.
      await this.renewal.revoke(token);
      throw new ConnectionsError('busy', 'The Powens user was changed while its token was renewed.');
    }
    this.#logger.log(
      `The access token of Powens user ${row.powensUserId} was renewed, those before are revoked`,
    );
    return sealed.sealedToken;
  }

  private async recorded<T>({ owner, initiator }: RenewedBy, renew: () => Promise<T>): Promise<T> {
    const measured = async (): Promise<T> => measuredRenewal(initiator, renew);
    return this.audit.record(owner, 'token.renew', measured, { initiator });
  }

  /**
   * A definite refusal, by Powens or by the verification, changed nothing. The lease is released, because the sweeper would
   * repeat the renewal forever.
   */
  private async renewed(
    user: PowensUserState,
    lease: PowensUserLease,
  ): Promise<{ token: AccessToken; tenant: Tenant }> {
    try {
      // First: the renewal revokes the token that is stored.
      const tenant = await this.custody.tenantOf(user.owner);
      return { token: await this.renewal.renew(user), tenant };
    } catch (error) {
      const isRefused = error instanceof PowensApiError && error.failure.processed === 'no';
      if (isRefused || isOfCustody(error)) {
        await this.leases.release(lease);
      }
      if (isRefused && error.code === 'powens_user_not_found') {
        // One answer is not enough: schedule a comparison, whose loss policy decides.
        await this.leases.makeDue(user.userId);
      }
      throw error;
    }
  }

  /**
   * Revokes the owner's token: first unusable here, then revoked at Powens, then its ciphertext is deleted.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError when the call to Powens fails: the sweeper retries
   * @see TC-23
   */
  async revoke(owner: Owner): Promise<void> {
    const user = await this.require(owner);
    await this.leases.beginRevocation(user.userId);
    await this.finishRevocation(user.userId);
  }

  /** Completes an interrupted revocation. */
  async finishRevocation(userId: string): Promise<void> {
    await this.lock.withOrGone(userId, ['revoking'], async (user, lease) => {
      const { owner, sealedToken, powensUserId } = user;
      if (sealedToken !== null && powensUserId !== null) {
        await this.renewal.revoke(await this.custody.open(owner, { ...user, powensUserId, sealedToken }));
      }
      await this.leases.endRevocation(lease);
    });
  }

  /** The owner's Powens user with a usable token, or `not_connected`. */
  async require(owner: Owner): Promise<OwnedPowensUser> {
    const user = await this.custody.find(owner);
    if (user === null) {
      throw notConnected();
    }
    return user;
  }

  /** @returns null when the token may not be renewed */
  private async renewAfter401(
    owner: Owner,
    user: OwnedPowensUser,
    ownerIsPresent: boolean,
  ): Promise<OwnedPowensUser | null> {
    const current = await this.leases.find(owner);
    if (current === null || !['active', 'lost'].includes(current.status)) {
      return null;
    }
    const isSuspected = (await this.losses.findOpenOf(current.userId)).some(
      ({ subject }) => subject === 'token',
    );
    if (isSuspected ? !ownerIsPresent : !current.renewable) {
      return null;
    }
    return this.renewFrom(current, user.sealedToken, { owner, initiator: 'background' });
  }
}

function notConnected(): ConnectionsError {
  return new ConnectionsError(
    'not_connected',
    'This owner has no access token yet. Start a connection first: POST {prefix}/connect.',
  );
}

/** An error before anything was sent to Powens. */
function isOfCustody(error: unknown): boolean {
  return (
    error instanceof ProviderMismatchError ||
    error instanceof CustodyError ||
    (error instanceof ConnectionsError && error.code === 'tenant_unavailable')
  );
}
