import { Inject, Injectable, type Logger, type OnModuleInit } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import type { RemoteConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { UnconfirmedConnections } from '../../options/connections-module-options.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { RemovalService } from '../lifecycle/removal.service.js';
import { loggerOf } from '../../options/registration/logger-of.js';

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
  readonly #logger: Logger;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly connections: ConnectionRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly attempts: AttemptRepository,
    private readonly removal: RemovalService,
  ) {
    this.#logger = loggerOf('ConnectionsAdmission', options);
  }

  /** Warns in the log when the option departs from the safe default. */
  onModuleInit(): void {
    const { unconfirmedConnections: policy } = this.options;
    if (policy !== 'quarantine') {
      this.#logger.warn(`Security: unconfirmedConnections is '${policy}': ${CONSEQUENCES[policy]}`);
    }
  }

  /** Whether every connection of a Powens user counts as its owner's. */
  get keepsAll(): boolean {
    return this.options.unconfirmedConnections === 'keep';
  }

  /**
   * Whether the callback that reports an unknown connection of an owner may still arrive: then the connection is not admitted yet.
   *
   * @param ageSeconds - since the connection was reported
   */
  async mayCallbackArrive(owner: Owner, ageSeconds = 0): Promise<boolean> {
    return (
      ageSeconds < this.options.lifecycle.unconfirmedGraceSeconds && (await this.attempts.isAnyOpen(owner))
    );
  }

  /**
   * Admits connections as option `unconfirmedConnections` says. A connection that became known meanwhile, with any status, is
   * left unchanged.
   *
   * @param alongside - adds statements to the same transaction; they run even when no connection is new
   * @throws ConnectionsError `busy` when the Powens user is not in use, or concurrent writes keep conflicting
   */
  async admit(seen: SeenConnections, alongside?: Alongside): Promise<void> {
    // A concurrent writer, such as the callback itself, makes the insert fail: the retry then finds the connection as known.
    const quarantined = await retryOnConflict(async () => {
      const observed = await this.unknownOf(seen);
      if (this.keepsAll || observed.diff.added.length === 0) {
        await this.connectionChanges.commit(observed, alongside);
        return [];
      }
      return this.quarantine(observed, alongside);
    });
    if (this.options.unconfirmedConnections === 'delete') {
      for (const id of quarantined) {
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

  /**
   * Writes rows that wait for a confirmation, and one event each. They expire at once where the option says `delete`.
   *
   * @returns their ids (uuid)
   */
  private async quarantine(observed: ChangeSet, alongside?: Alongside): Promise<readonly string[]> {
    const { unconfirmedConnections, lifecycle } = this.options;
    const hours = unconfirmedConnections === 'delete' ? 0 : lifecycle.unconfirmedRemovalHours;
    const quarantine = await this.connections.quarantineOf(hours);
    const ids = await this.connectionChanges.commit({ ...observed, quarantine }, alongside);
    for (const id of ids) {
      this.#logger.warn(
        `Security: connection ${id} exists at Powens and is not confirmed; it is removed there from ` +
          `${quarantine.removeAt.toISOString()} on, unless it is confirmed`,
      );
    }
    return ids;
  }
}
