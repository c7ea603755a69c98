import { Injectable } from '@nestjs/common';
import type { RemoteConnection } from '../../connections/remote-diff.js';
import { PowensApiError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/access-token.js';
import type { OwnerAccount } from '../../values/owner-account.js';
import type { Owner } from '../../values/owner.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { TokenLifecycleService } from '../tokens/token-lifecycle.service.js';
import { AccountComparison } from './account-comparison.service.js';
import { AccountLoss } from './account-loss.service.js';
import type { ReconciliationOutcome } from './reconciliation.types.js';

/** What one account's turn came to. */
export interface AccountReconciled {
  readonly outcome: ReconciliationOutcome;
  /** Whether to look again soon: something was left alone, because a callback may be on its way. */
  readonly again: boolean;
}

const LISTING = 'GET /users/me/connections';
const NOTHING = { added: 0, changed: 0, removed: 0, tokenRenewed: false };

/**
 * Makes what is kept of one account what Powens says: its connections, its token, and whether it exists at all.
 *
 * @internal
 */
@Injectable()
export class AccountReconciliation {
  constructor(
    private readonly tokens: TokenLifecycleService,
    private readonly audit: TokenAudit,
    private readonly powens: PowensClient,
    private readonly comparison: AccountComparison,
    private readonly loss: AccountLoss,
  ) {}

  /**
   * Reconciles an account.
   *
   * @param mayRenew - whether a token that Powens no longer takes is renewed, where the account allows it
   * @throws PowensApiError, StorageError, CustodyError, ConnectionsError `busy`: nothing is half done then
   */
  async reconcile(owner: Owner, account: OwnerAccount, mayRenew: boolean): Promise<AccountReconciled> {
    let tokenRenewed = false;
    try {
      const { left, ...found } = await this.comparison.compare(owner, account, async () => {
        const { remotes, sends } = await this.list(owner, account, mayRenew);
        tokenRenewed ||= sends > 1;
        return remotes;
      });
      this.loss.foundAlive();
      return { outcome: { result: 'compared', ...found, tokenRenewed }, again: left > 0 };
    } catch (error) {
      const result =
        error instanceof PowensApiError ? await this.loss.conclude(owner, account, error, mayRenew) : null;
      if (result === null) {
        throw error;
      }
      return { outcome: { result, ...NOTHING }, again: false };
    }
  }

  /** Sent twice when the token was lost, and renewed, in between. */
  private async list(
    owner: Owner,
    account: OwnerAccount,
    mayRenew: boolean,
  ): Promise<{ remotes: readonly RemoteConnection[]; sends: number }> {
    let sends = 0;
    const send = async (token: AccessToken): Promise<readonly RemoteConnection[]> => {
      sends += 1;
      return this.powens.listConnections(token);
    };
    const remotes = mayRenew
      ? await this.audit.record(owner, LISTING, async () => this.tokens.call(owner, account, send))
      : await this.tokens.withToken(owner, send, LISTING);
    return { remotes, sends };
  }
}
