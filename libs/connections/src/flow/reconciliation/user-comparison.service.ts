import { Inject, Injectable } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import { diffOf, missingIn, type RemoteDiff } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { ConnectionChangesService } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { MissingConnections } from '../losses/missing-connections.service.js';
import { assertOwn } from '../losses/own-connections.js';
import { AdmissionService } from '../quarantine/admission.service.js';

/** What a comparison of connections found. */
export interface Compared {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Connections that Powens did not find, and that are in use until a second look agrees or a person approves. */
  readonly missing: number;
  /** Connections that were left for the next time, because a callback that brings them may be on its way. */
  readonly left: number;
}

interface Ours {
  readonly owner: Owner;
  readonly account: OwnedPowensUser;
}

/**
 * Compares the connections of one Powens user with those at Powens, and makes what is kept the same. What a list leaves out is
 * looked for one by one.
 *
 * @internal
 */
@Injectable()
export class UserComparison {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly attempts: AttemptRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly observation: ConnectionChangesService,
    private readonly admission: AdmissionService,
    private readonly missing: MissingConnections,
  ) {}

  /**
   * Compares, and writes what is different with the events of it. When another process writes meanwhile, everything is read again.
   *
   * @param list - reads the connections at Powens
   * @throws ConnectionsError `busy` when others keep writing; what `list` throws; StorageError
   */
  async compare(
    owner: Owner,
    account: OwnedPowensUser,
    list: () => Promise<readonly PowensConnection[]>,
  ): Promise<Compared> {
    const ours = { owner, account };
    const { kept, remotes, changed } = await retryOnConflict(async () => {
      // Here first: what is added or deleted while Powens answers must look like what it is, not like the opposite.
      const before = await this.changes.findEveryOf(account.userId);
      const listed = assertOwn(await list(), account.powensUserId);
      return { kept: before, remotes: listed, changed: await this.writeChanges(ours, before, listed) };
    });
    const gone = await this.missing.look(owner, account, missingIn(inUse(kept), remotes));
    await this.missing.found(inUse(kept), remotes);
    const { added, left } = await this.admit(ours, kept, remotes);
    return { added, changed: changed + gone.changed, removed: gone.removed, missing: gone.missing, left };
  }

  /** @returns how many connections are different from what was kept, those that came back included */
  private async writeChanges(
    { owner, account }: Ours,
    kept: readonly StandingConnection[],
    remotes: readonly PowensConnection[],
  ): Promise<number> {
    const of = (status: StandingConnection['status']): readonly StandingConnection[] =>
      kept.filter((local) => local.status === status);
    const active = diffOf(of('active'), remotes);
    const unconfirmed = diffOf(of('unconfirmed'), remotes);
    const gone = new Map(of('gone').map((local) => [local.powensConnectionId, local.id]));
    const revived = remotes.flatMap((remote) => {
      const id = gone.get(remote.id);
      return id === undefined ? [] : [{ id, remote }];
    });
    const diff: RemoteDiff = { added: [], changed: active.changed };
    await this.observation.commit(
      { owner, account, attemptId: null, diff, revived },
      this.quietly(unconfirmed),
    );
    return active.changed.length + unconfirmed.changed.length + revived.length;
  }

  private async admit(
    { owner, account }: Ours,
    kept: readonly StandingConnection[],
    remotes: readonly PowensConnection[],
  ): Promise<{ readonly added: number; readonly left: number }> {
    const known = new Set(kept.map(({ powensConnectionId }) => powensConnectionId));
    const unknown = remotes.filter(({ id }) => !known.has(id));
    if (unknown.length === 0) {
      return { added: 0, left: 0 };
    }
    if (await this.mayBeOnItsWay(owner)) {
      return { added: 0, left: unknown.length };
    }
    await this.admission.admit({ owner, account, remotes: unknown });
    return { added: unknown.length, left: 0 };
  }

  /** Connections in quarantine are kept up to date without an event: they may not be the owner's. */
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
    const { lifecycle } = this.options;
    return lifecycle.unconfirmedGraceSeconds > 0 && (await this.attempts.isAnyOpen(owner));
  }
}

function inUse(kept: readonly StandingConnection[]): readonly StandingConnection[] {
  return kept.filter(({ status }) => status === 'active' || status === 'unconfirmed');
}
