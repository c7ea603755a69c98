import { Inject, Injectable } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxService } from '../../outbox/outbox.service.js';

const BATCH = 100;

/**
 * Warns of consents that end, once per end.
 *
 * @see G10
 * @internal
 */
@Injectable()
export class ExpiryWarningService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly changes: ConnectionChangesRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: OutboxService,
    private readonly relay: OutboxRelayService,
  ) {}

  /** Tells of every consent that ends within the option's days and was not told of. */
  async warn(): Promise<void> {
    const { instance, lifecycle } = this.options;
    for (const local of await this.changes.findExpiring(instance, lifecycle.expiringDaysAhead, BATCH)) {
      await this.tell(local);
    }
  }

  private async tell(local: LocalConnection): Promise<void> {
    try {
      await this.unitOfWork.run((tx) => {
        this.changes.tellExpiry(local, tx);
        this.outbox.append(
          [
            {
              type: 'connection.expiring',
              ownerId: local.owner.id,
              tenant: local.owner.tenant,
              attemptId: null,
              connectionId: local.id,
              powensConnectionId: local.powensConnectionId,
              powensUserId: null,
              data: { expiresAt: local.expiresAt?.toISOString() ?? null },
            },
          ],
          tx,
        );
      });
      this.relay.wake();
    } catch (error) {
      if (!(error instanceof ConnectionsError && error.code === 'busy')) {
        throw error;
      }
      // It changed meanwhile, or another replica told: the next round looks again.
    }
  }
}
