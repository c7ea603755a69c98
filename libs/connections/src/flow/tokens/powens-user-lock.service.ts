import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import {
  PowensUserLeaseRepository,
  type PowensUserLease,
  type PowensUserState,
  type PowensUserStatus,
} from '../../custody/powens-user-lease.repository.js';
import { ConnectionsError } from '../../errors/index.js';
import { changeLeaseSeconds } from '../../options/resolve/call-time.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { withHeartbeat } from '../../background/heartbeat.js';

const WAIT_MS = 20_000;
const STEP_MS = 50;

/**
 * Lets one process at a time change an account, across replicas: a lease in the row, not a lock, since Powens is asked
 * while it is held (RL-02).
 *
 * @internal
 */
@Injectable()
export class PowensUserLock {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly accounts: PowensUserLeaseRepository,
  ) {}

  /**
   * Waits for the lease of an account and runs `change` under it. `change` ends the lease with its last write.
   *
   * @throws ConnectionsError `not_connected` when the account is in another status by now; `busy` when somebody holds
   *   it for too long
   */
  async with<T>(
    userId: string,
    statuses: readonly PowensUserStatus[],
    change: (account: PowensUserState, lease: PowensUserLease) => Promise<T>,
  ): Promise<T> {
    const held = await this.wait(userId, statuses);
    if (held === null) {
      throw new ConnectionsError('not_connected', 'This account has no access token any more.');
    }
    return this.run(held.account, held.lease, change);
  }

  /** As {@link PowensUserLock.with}, for what somebody else may have done already: then there is nothing to do. */
  async withOrGone(
    userId: string,
    statuses: readonly PowensUserStatus[],
    change: (account: PowensUserState, lease: PowensUserLease) => Promise<void>,
  ): Promise<void> {
    const held = await this.wait(userId, statuses);
    if (held !== null) {
      await this.run(held.account, held.lease, change);
    }
  }

  private async wait(
    userId: string,
    statuses: readonly PowensUserStatus[],
  ): Promise<{ account: PowensUserState; lease: PowensUserLease } | null> {
    const lease: PowensUserLease = { userId, leaseToken: uuidv4() };
    for (let waited = 0; waited < WAIT_MS; waited += STEP_MS) {
      const account = await this.accounts.acquire(lease, statuses, changeLeaseSeconds(this.options));
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
    account: PowensUserState,
    lease: PowensUserLease,
    change: (account: PowensUserState, lease: PowensUserLease) => Promise<T>,
  ): Promise<T> {
    const seconds = changeLeaseSeconds(this.options);
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
