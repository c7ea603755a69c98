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
 * Removes connections that were not confirmed in time, in the order of any other deletion: the intent first, then at Powens, then
 * here, then the event. When it is interrupted after the intent, the sweeper continues it.
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
   * Removes the connections that are due, and purges the tombstones of earlier removals.
   *
   * @param isStopped - checked before each
   */
  async removeDue(isStopped: () => boolean): Promise<void> {
    if (!(await this.removals.isAnyDue())) {
      // Every process polls: this query takes no lock and writes nothing.
      return;
    }
    await this.removals.purgeTombstones(BATCH);
    // Claims one at a time: the lease of the last must not expire while the first is deleted.
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

  /** Never fails: the intent is durable already, and one deletion that Powens does not accept must not block the others. */
  private async tryOnce(local: LocalConnection): Promise<void> {
    try {
      await this.audit.record(local.owner, 'connection.delete', async () => this.removal.finish(local), {
        connectionId: local.id,
        initiator: 'background',
      });
      this.#logger.log(`Unconfirmed connection ${local.id} was removed`);
    } catch (error) {
      const text = describeError(error);
      this.#logger.warn(`Unconfirmed connection ${local.id} is not removed yet: ${text}`);
    }
  }
}
