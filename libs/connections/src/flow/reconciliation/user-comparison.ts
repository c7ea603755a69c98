import type {
  ConnectionChangesRepository,
  StandingConnection,
} from '../../connections/connection-changes.repository.js';
import { diffOf, missingIn, type RemoteDiff } from '../../connections/remote-diff.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import type { ConnectionChangesService } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import type { RemoteConnections } from '../losses/remote-connections.service.js';
import { assertOwn } from '../losses/own-connections.js';
import type { AdmissionService } from '../quarantine/admission.service.js';

/** Result of a comparison of connections. */
export interface Compared {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Connections that Powens did not find, and that stay in use until a second check agrees or a person approves. */
  readonly missing: number;
  /** Connections left for the next comparison, because the callback that reports them may still arrive. */
  readonly left: number;
}

interface Ours {
  readonly owner: Owner;
  readonly user: OwnedPowensUser;
}

/**
 * Compares the connections of one Powens user with those at Powens, and updates the rows. A connection that the list leaves out is
 * read by its id.
 *
 * @internal
 */
export class UserComparison {
  constructor(
    private readonly changes: ConnectionChangesRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly admission: AdmissionService,
    private readonly remotes: RemoteConnections,
  ) {}

  /**
   * Compares, and writes the differences with their events. On a concurrent write, everything is read again.
   *
   * @param list - reads the connections at Powens
   * @throws ConnectionsError `busy` when concurrent writes keep conflicting; errors of `list`; StorageError
   */
  async compare(
    owner: Owner,
    user: OwnedPowensUser,
    list: () => Promise<readonly PowensConnection[]>,
  ): Promise<Compared> {
    const ours = { owner, user };
    const { kept, remotes, changed } = await retryOnConflict(async () => {
      // The rows first: a connection added or deleted here while Powens answers must not be read as deleted or added at Powens.
      const before = await this.changes.findEveryOf(user.userId);
      const listed = assertOwn(await list(), user.powensUserId);
      return { kept: before, remotes: listed, changed: await this.writeChanges(ours, before, listed) };
    });
    const gone = await this.remotes.look(owner, user, missingIn(inUse(kept), remotes));
    await this.remotes.found(inUse(kept), remotes);
    const { added, left } = await this.admit(ours, kept, remotes);
    return { added, changed: changed + gone.changed, removed: gone.removed, missing: gone.missing, left };
  }

  /** @returns how many connections changed, revived ones included */
  private async writeChanges(
    { owner, user }: Ours,
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
    await this.connectionChanges.commit(
      { owner, user, attemptId: null, diff, revived },
      this.updateWithoutEvent(unconfirmed),
    );
    return active.changed.length + unconfirmed.changed.length + revived.length;
  }

  private async admit(
    { owner, user }: Ours,
    kept: readonly StandingConnection[],
    remotes: readonly PowensConnection[],
  ): Promise<{ readonly added: number; readonly left: number }> {
    const known = new Set(kept.map(({ powensConnectionId }) => powensConnectionId));
    const unknown = remotes.filter(({ id }) => !known.has(id));
    if (unknown.length === 0) {
      return { added: 0, left: 0 };
    }
    if (await this.admission.mayCallbackArrive(owner)) {
      return { added: 0, left: unknown.length };
    }
    await this.admission.admit({ owner, user, remotes: unknown });
    return { added: unknown.length, left: 0 };
  }

  /** Connections in quarantine are updated without an event: they may not be the owner's. */
  private updateWithoutEvent({ changed }: RemoteDiff): ((tx: Transaction) => void) | undefined {
    if (changed.length === 0) {
      return undefined;
    }
    return (tx) => {
      for (const { local, remote } of changed) {
        this.changes.update(local, remote, tx);
      }
    };
  }
}

function inUse(kept: readonly StandingConnection[]): readonly StandingConnection[] {
  return kept.filter(({ status }) => status === 'active' || status === 'unconfirmed');
}
