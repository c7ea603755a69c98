import type { Owner } from '../values/owner.js';

/** A connection as reported by Powens: the values that are stored here. */
export interface RemoteConnection {
  readonly id: string;
  readonly connectorUuid: string | null;
  readonly connectorName: string | null;
  readonly state: string | null;
  readonly lastUpdate: Date | null;
  readonly expire: Date | null;
}

/** A connection as it is stored here. */
export interface LocalConnection {
  readonly id: string;
  readonly userId: string;
  readonly owner: Owner;
  readonly powensConnectionId: string;
  readonly state: string | null;
  readonly lastSyncedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revision: number;
}

/** Differences between the stored state and Powens. A connection missing from a list is not one: see {@link missingIn}. */
export interface RemoteDiff {
  readonly added: readonly RemoteConnection[];
  readonly changed: readonly { readonly local: LocalConnection; readonly remote: RemoteConnection }[];
}

/** No difference. */
export const NO_DIFF: RemoteDiff = { added: [], changed: [] };

/**
 * Compares the stored connections with those reported by Powens. Pure.
 *
 * @param locals - the stored connections: all of a Powens user, or one of them
 * @param remotes - the same connections as reported by Powens
 */
export function diffOf(locals: readonly LocalConnection[], remotes: readonly RemoteConnection[]): RemoteDiff {
  const byId = new Map(remotes.map((remote) => [remote.id, remote]));
  const known = new Set(locals.map((local) => local.powensConnectionId));
  return {
    added: remotes.filter((remote) => !known.has(remote.id)),
    changed: locals.flatMap((local) => {
      const remote = byId.get(local.powensConnectionId);
      return remote !== undefined && differs(local, remote) ? [{ local, remote }] : [];
    }),
  };
}

/** Connections that a list leaves out. That alone proves nothing: each is requested by its id before it counts as missing. */
export function missingIn<Local extends LocalConnection>(
  locals: readonly Local[],
  remotes: readonly RemoteConnection[],
): readonly Local[] {
  const there = new Set(remotes.map(({ id }) => id));
  return locals.filter(({ powensConnectionId }) => !there.has(powensConnectionId));
}

function differs(local: LocalConnection, remote: RemoteConnection): boolean {
  return (
    local.state !== remote.state ||
    isLater(remote.lastUpdate, local.lastSyncedAt) ||
    remote.expire?.getTime() !== local.expiresAt?.getTime()
  );
}

/** Whether a synchronisation is newer than the one known; an older or missing one changes nothing (WH-09). */
export function isLater(candidate: Date | null, known: Date | null): boolean {
  return candidate !== null && (known === null || candidate.getTime() > known.getTime());
}
