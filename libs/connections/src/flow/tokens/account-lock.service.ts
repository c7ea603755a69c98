import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import {
  AccountRepository,
  type AccountLease,
  type AccountState,
  type AccountStatus,
} from '../../custody/account.repository.js';
import { ConnectionsError } from '../../errors/index.js';
import { powensUserLeaseSeconds } from '../../options/call-time.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import { withHeartbeat } from '../heartbeat.js';

const WAIT_MS = 20_000;
const STEP_MS = 50;

/**
 * Lets one process at a time change an account, across replicas: a lease in the row, not a lock, since Powens is asked
 * while it is held (RL-02).
 *
 * @internal
 */
@Injectable()
export class AccountLock {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly accounts: AccountRepository,
  ) {}

  /**
   * Waits for the lease of an account and runs `change` under it. `change` ends the lease with its last write.
   *
   * @throws ConnectionsError `not_connected` when the account is in another status by now; `busy` when somebody holds
   *   it for too long
   */
  async with<T>(
    userId: string,
    statuses: readonly AccountStatus[],
    change: (account: AccountState, lease: AccountLease) => Promise<T>,
  ): Promise<T> {
    const held = await this.wait(userId, statuses);
    if (held === null) {
      throw new ConnectionsError('not_connected', 'This account has no access token any more.');
    }
    return this.run(held.account, held.lease, change);
  }

  /** As {@link AccountLock.with}, for what somebody else may have done already: then there is nothing to do. */
  async withOrGone(
    userId: string,
    statuses: readonly AccountStatus[],
    change: (account: AccountState, lease: AccountLease) => Promise<void>,
  ): Promise<void> {
    const held = await this.wait(userId, statuses);
    if (held !== null) {
      await this.run(held.account, held.lease, change);
    }
  }

  private async wait(
    userId: string,
    statuses: readonly AccountStatus[],
  ): Promise<{ account: AccountState; lease: AccountLease } | null> {
    const lease: AccountLease = { userId, leaseToken: uuidv4() };
    for (let waited = 0; waited < WAIT_MS; waited += STEP_MS) {
      const account = await this.accounts.acquire(lease, statuses, powensUserLeaseSeconds(this.options));
      if (account !== null) {
        return { account, lease };
      }
      if (!(await this.accounts.isIn(userId, statuses))) {
        return null;
      }
      await sleep(STEP_MS);
    }
    throw new ConnectionsError('busy', 'Another process is changing this account.', { retryAfterSeconds: 5 });
  }

  private async run<T>(
    account: AccountState,
    lease: AccountLease,
    change: (account: AccountState, lease: AccountLease) => Promise<T>,
  ): Promise<T> {
    const seconds = powensUserLeaseSeconds(this.options);
    const extend = async (): Promise<void> => this.accounts.extend(lease, seconds);
    try {
      return await withHeartbeat(seconds, extend, async () => change(account, lease));
    } catch (error) {
      // Whatever was begun may have happened at Powens: the mark stays for the sweeper.
      await this.accounts.interrupt(lease);
      throw error;
    }
  }
}
