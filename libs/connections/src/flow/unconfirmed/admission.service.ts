import { Inject, Injectable } from '@nestjs/common';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import type { RemoteConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { UnitOfWork, type Transaction } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import type { OwnerAccount } from '../../values/owner-account.js';
import type { Owner } from '../../values/owner.js';
import { ObservationService, type Observed } from '../lifecycle/observation.service.js';
import { withFreshEyes } from '../lifecycle/patience.js';
import { QuarantineService } from './quarantine.service.js';

/** Connections that were seen at Powens, by a webhook or in a list, and are not known here. */
export interface SeenConnections {
  readonly owner: Owner;
  readonly account: OwnerAccount;
  readonly remotes: readonly RemoteConnection[];
}

/**
 * Takes in connections that no callback of the owner's browser brought. Whose bank it is, nobody can tell: the owner may
 * have closed the tab too early, or a stranger may have followed a forwarded link.
 *
 * @see OA-31
 * @internal
 */
@Injectable()
export class AdmissionService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly connections: ConnectionRepository,
    private readonly observation: ObservationService,
    private readonly quarantine: QuarantineService,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Takes in connections that were seen at Powens and are not known here, as option `unconfirmedConnections` says. Those
   * that are known by now, whatever became of them, are left alone.
   *
   * @param alongside - adds what must be written with it; it is written even when nothing was new
   * @throws ConnectionsError `busy` when the account is not in use, or others keep writing meanwhile
   */
  async admit(seen: SeenConnections, alongside?: (tx: Transaction) => void): Promise<void> {
    // Somebody who is faster, as the callback itself, makes the insert fail: then it is known, and looked at again.
    await withFreshEyes(async () => {
      const observed = await this.unknownOf(seen);
      await (this.options.unconfirmedConnections === 'keep'
        ? this.observation.commit(observed, alongside)
        : this.commit(observed, alongside));
    });
  }

  private async unknownOf({ owner, account, remotes }: SeenConnections): Promise<Observed> {
    const ids = remotes.map(({ id }) => id);
    const known = ids.length === 0 ? [] : await this.connections.findKnown(this.options.instance, ids);
    const kept = new Set(known.map(({ powensConnectionId }) => powensConnectionId));
    const added = remotes.filter(({ id }) => !kept.has(id));
    return { owner, account, attemptId: null, diff: { added, changed: [], removed: [] } };
  }

  private async commit(observed: Observed, alongside?: (tx: Transaction) => void): Promise<void> {
    if (observed.diff.added.length === 0) {
      if (alongside !== undefined) {
        await this.unitOfWork.run(alongside);
      }
      return;
    }
    const quarantined = await this.quarantine.prepare(observed);
    await this.unitOfWork.run((tx) => {
      this.quarantine.record(quarantined, tx);
      alongside?.(tx);
    });
    this.relay.wake();
    this.quarantine.log(quarantined);
  }
}
