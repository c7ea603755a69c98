import { Inject, Injectable, Logger } from '@nestjs/common';
import { RemovalRepository } from '../../connections/removal.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { changeLeaseSeconds } from '../../options/resolve/call-time.js';
import { describeError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { RemovalService } from '../lifecycle/removal.service.js';

const BATCH = 50;

/**
 * Removes connections that nobody confirmed in time, as any other deletion: the intent first, then at Powens, then here,
 * then the event. Whatever interrupts it after the intent, the sweeper goes on.
 *
 * @see OA-31
 * @internal
 */
@Injectable()
export class UnconfirmedRemoval {
  readonly #logger = new Logger('ConnectionsAdmission');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly removals: RemovalRepository,
    private readonly removal: RemovalService,
    private readonly audit: TokenAudit,
  ) {}

  /**
   * Removes what is due, and the last rows of what was removed before.
   *
   * @param isStopped - asked before each
   */
  async removeDue(isStopped: () => boolean): Promise<void> {
    if (!(await this.removals.isAnyDue())) {
      // Every process goes round all the time: a look takes no lock and writes nothing.
      return;
    }
    await this.removals.purgeTombstones(BATCH);
    // One at a time is taken: the lease of the last must not run out while the first is deleted.
    for (let removed = 0; removed < BATCH && !isStopped(); removed += 1) {
      const local = await this.take(null);
      if (local === null) {
        return;
      }
      await this.tryOnce(local);
    }
  }

  /** Removes one connection if it is due. */
  async removeIfDue(id: string): Promise<void> {
    const local = await this.take(id);
    if (local !== null) {
      await this.tryOnce(local);
    }
  }

  private async take(id: string | null): Promise<LocalConnection | null> {
    return this.removals.takeDue(changeLeaseSeconds(this.options), id);
  }

  /** Never fails: the intent is durable by now, and one that Powens cannot be told of must not keep others back. */
  private async tryOnce(local: LocalConnection): Promise<void> {
    try {
      await this.audit.record(local.owner, 'connection.delete', async () => this.removal.finish(local), {
        connectionId: local.id,
        initiator: 'background',
      });
      this.#logger.log(`Connection ${local.id}, which nobody confirmed, was removed`);
    } catch (error) {
      const text = describeError(error);
      this.#logger.warn(`Connection ${local.id}, which nobody confirmed, is not removed yet: ${text}`);
    }
  }
}
