import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ConnectionRepository, type NewConnection } from '../../connections/connection.repository.js';
import type { RemoteConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { UnitOfWork, type Transaction } from '../../database/unit-of-work.js';
import type { UnconfirmedConnections } from '../../options/connections-module-options.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { QuarantineService } from './quarantine.service.js';
import { UnconfirmedRemoval } from './unconfirmed-removal.service.js';

/** Connections that a webhook or a list of Powens reported, and that are unknown here. */
export interface SeenConnections {
  readonly owner: Owner;
  readonly user: OwnedPowensUser;
  readonly remotes: readonly RemoteConnection[];
}

const CONSEQUENCES: Readonly<Record<Exclude<UnconfirmedConnections, 'quarantine'>, string>> = {
  keep: 'a bank that was connected through a forwarded link counts as its owner’s at once',
  delete: 'a bank whose callback does not come back in time is removed at once',
};

/** Adds statements to the same transaction. */
type Alongside = (tx: Transaction) => void;

/**
 * Admits connections that no callback of the owner's browser reported. Their bank customer is unknown: the owner may
 * have closed the tab too early, or another person may have followed a forwarded link.
 *
 * @see OA-31
 * @internal
 */
@Injectable()
export class AdmissionService implements OnModuleInit {
  readonly #logger = new Logger('ConnectionsAdmission');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly connections: ConnectionRepository,
    private readonly observation: ConnectionChangesService,
    private readonly quarantine: QuarantineService,
    private readonly removal: UnconfirmedRemoval,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: OutboxRelayService,
  ) {}

  /** Warns in the log when the option departs from the safe default. */
  onModuleInit(): void {
    const { unconfirmedConnections: policy } = this.options;
    if (policy !== 'quarantine') {
      this.#logger.warn(`Security: unconfirmedConnections is '${policy}': ${CONSEQUENCES[policy]}`);
    }
  }

  /**
   * Admits connections as option `unconfirmedConnections` says. A connection that became known meanwhile, with any status, is
   * left unchanged.
   *
   * @param alongside - adds statements to the same transaction; they run even when no connection is new
   * @throws ConnectionsError `busy` when the Powens user is not in use, or concurrent writes keep conflicting
   */
  async admit(seen: SeenConnections, alongside?: Alongside): Promise<void> {
    const { unconfirmedConnections: policy } = this.options;
    // A concurrent writer, such as the callback itself, makes the insert fail: the retry then finds the connection as known.
    const quarantined = await retryOnConflict(async () => {
      const observed = await this.unknownOf(seen);
      return policy === 'keep' ? this.keep(observed, alongside) : this.commit(observed, alongside);
    });
    if (policy === 'delete') {
      for (const { id } of quarantined) {
        await this.removal.removeIfDue(id);
      }
    }
  }

  private async unknownOf({ owner, user, remotes }: SeenConnections): Promise<ChangeSet> {
    const ids = remotes.map(({ id }) => id);
    const known = ids.length === 0 ? [] : await this.connections.findKnown(ids);
    const kept = new Set(known.map(({ powensConnectionId }) => powensConnectionId));
    const added = remotes.filter(({ id }) => !kept.has(id));
    return { owner, user, attemptId: null, diff: { added, changed: [] } };
  }

  private async keep(observed: ChangeSet, alongside?: Alongside): Promise<readonly NewConnection[]> {
    await this.observation.commit(observed, alongside);
    return [];
  }

  /** @returns the connections that were newly put into quarantine */
  private async commit(observed: ChangeSet, alongside?: Alongside): Promise<readonly NewConnection[]> {
    if (observed.diff.added.length === 0) {
      if (alongside !== undefined) {
        await this.unitOfWork.run(alongside);
      }
      return [];
    }
    const quarantined = await this.quarantine.prepare(observed);
    await this.unitOfWork.run((tx) => {
      this.quarantine.record(quarantined, tx);
      alongside?.(tx);
    });
    this.relay.wake();
    this.quarantine.log(quarantined);
    return quarantined.rows;
  }
}
