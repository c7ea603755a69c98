import { Inject, Injectable } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import {
  diffOf,
  type LocalConnection,
  type RemoteConnection,
  type RemoteDiff,
} from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { OwnerAccount } from '../../values/owner-account.js';
import type { Owner } from '../../values/owner.js';
import { ObservationService } from '../lifecycle/observation.service.js';
import { withFreshEyes } from '../lifecycle/patience.js';
import { AdmissionService } from '../unconfirmed/admission.service.js';

/** What is kept of an account's connections. */
interface Kept {
  readonly active: readonly LocalConnection[];
  readonly unconfirmed: readonly LocalConnection[];
  /** Going: they may still be there, and are not new. */
  readonly deleting: readonly LocalConnection[];
}

/** What a comparison of connections found. */
export interface Compared {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Connections that were left for the next time, because a callback that brings them may be on its way. */
  readonly left: number;
}

/**
 * Compares the connections of one account with those at Powens, and makes what is kept the same.
 *
 * @internal
 */
@Injectable()
export class AccountComparison {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly attempts: AttemptRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly observation: ObservationService,
    private readonly admission: AdmissionService,
  ) {}

  /**
   * Compares, and writes what is different with the events of it. When somebody writes meanwhile, everything is read again.
   *
   * @param list - reads the connections at Powens
   * @throws ConnectionsError `busy` when others keep writing; what `list` throws; StorageError
   */
  async compare(
    owner: Owner,
    account: OwnerAccount,
    list: () => Promise<readonly RemoteConnection[]>,
  ): Promise<Compared> {
    return withFreshEyes(async () => {
      // Here first: what is added or deleted while Powens answers must look like what it is, not like the opposite.
      const kept = await this.kept(account.userId);
      const remotes = await list();
      const [active, unconfirmed] = [diffOf(kept.active, remotes), diffOf(kept.unconfirmed, remotes)];
      const removed = [...active.removed, ...unconfirmed.removed];
      const diff: RemoteDiff = { added: [], changed: active.changed, removed };
      await this.observation.commit({ owner, account, attemptId: null, diff }, this.quietly(unconfirmed));
      const unknown = unknownTo(kept, remotes);
      const isLeft = unknown.length > 0 && (await this.mayBeOnItsWay(owner));
      if (unknown.length > 0 && !isLeft) {
        await this.admission.admit({ owner, account, remotes: unknown });
      }
      return {
        added: isLeft ? 0 : unknown.length,
        changed: active.changed.length + unconfirmed.changed.length,
        removed: removed.length,
        left: isLeft ? unknown.length : 0,
      };
    });
  }

  private async kept(userId: string): Promise<Kept> {
    return {
      active: await this.changes.findAllOf(userId),
      unconfirmed: await this.changes.findAllOf(userId, 'unconfirmed'),
      deleting: await this.changes.findAllOf(userId, 'deleting'),
    };
  }

  /** Connections in quarantine are kept up to date, and nobody is told: they may not be the owner's. */
  private quietly({ changed }: RemoteDiff): ((tx: Transaction) => void) | undefined {
    if (changed.length === 0) {
      return undefined;
    }
    return (tx) => {
      for (const { local, remote } of changed) {
        this.changes.update(local, remote, tx);
      }
    };
  }

  private async mayBeOnItsWay(owner: Owner): Promise<boolean> {
    const { instance, lifecycle } = this.options;
    return lifecycle.unconfirmedGraceSeconds > 0 && (await this.attempts.isAnyOpen(instance, owner));
  }
}

function unknownTo(kept: Kept, remotes: readonly RemoteConnection[]): readonly RemoteConnection[] {
  const known = new Set(Object.values(kept).flatMap((locals: LocalConnection[]) => locals.map(powensIdOf)));
  return remotes.filter(({ id }) => !known.has(id));
}

function powensIdOf({ powensConnectionId }: LocalConnection): string {
  return powensConnectionId;
}
