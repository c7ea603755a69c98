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
 * Lets one process at a time change a Powens user, across replicas. It is a lease in the row and not a database lock, because
 * Powens is called while it is held (RL-02).
 *
 * @internal
 */
@Injectable()
export class PowensUserLock {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly leases: PowensUserLeaseRepository,
  ) {}

  /**
   * Waits for the lease of a Powens user and runs `change` under it. The last write of `change` ends the lease.
   *
   * @throws ConnectionsError `not_connected` when the status has changed meanwhile; `busy` when another process holds
   *   the lease for too long
   */
  async with<T>(
    userId: string,
    statuses: readonly PowensUserStatus[],
    change: (user: PowensUserState, lease: PowensUserLease) => Promise<T>,
  ): Promise<T> {
    const held = await this.wait(userId, statuses);
    if (held === null) {
      throw new ConnectionsError('not_connected', 'This owner has no access token any more.');
    }
    return this.run(held.user, held.lease, change);
  }

  /** As {@link PowensUserLock.with}, for a change that another process may have completed already: then `change` does not run. */
  async withOrGone(
    userId: string,
    statuses: readonly PowensUserStatus[],
    change: (user: PowensUserState, lease: PowensUserLease) => Promise<void>,
  ): Promise<void> {
    const held = await this.wait(userId, statuses);
    if (held !== null) {
      await this.run(held.user, held.lease, change);
    }
  }

  private async wait(
    userId: string,
    statuses: readonly PowensUserStatus[],
  ): Promise<{ user: PowensUserState; lease: PowensUserLease } | null> {
    const lease: PowensUserLease = { userId, leaseToken: uuidv4() };
    for (let waited = 0; waited < WAIT_MS; waited += STEP_MS) {
      const user = await this.leases.acquire(lease, statuses, changeLeaseSeconds(this.options));
      if (user !== null) {
        return { user, lease };
      }
      if (!(await this.leases.isIn(userId, statuses))) {
        return null;
      }
      await sleep(STEP_MS);
    }
    throw new ConnectionsError('busy', 'Another process is changing this Powens user.', {
      retryAfterSeconds: 5,
    });
  }

  private async run<T>(
    user: PowensUserState,
    lease: PowensUserLease,
    change: (user: PowensUserState, lease: PowensUserLease) => Promise<T>,
  ): Promise<T> {
    const seconds = changeLeaseSeconds(this.options);
    const extend = async (): Promise<void> => this.leases.extend(lease, seconds);
    try {
      return await withHeartbeat(seconds, extend, async () => change(user, lease));
    } catch (error) {
      // The change may have happened at Powens: the interruption mark stays in the row, and the sweeper completes it.
      await this.leases.interrupt(lease);
      throw error;
    }
  }
}
