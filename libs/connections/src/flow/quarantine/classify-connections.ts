import type { StandingConnection } from '../../connections/connection-changes.repository.js';
import { diffOf, missingIn, type RemoteConnection, type RemoteDiff } from '../../connections/remote-diff.js';

/** What the connections of a Powens user mean to an attempt that could add to them. */
export interface ClassifiedConnections<Remote extends RemoteConnection> {
  /** What the attempt brought or found changed. */
  readonly diff: RemoteDiff;
  /** Connections in quarantine that were made by this attempt. */
  readonly confirmed: readonly { readonly id: string; readonly remote: Remote }[];
  /** Connections that were gone and that Powens has. */
  readonly revived: readonly { readonly id: string; readonly remote: Remote }[];
  /** Connections that Powens leaves out: each is still to be asked for by its id. */
  readonly missing: readonly StandingConnection[];
  /** Connections that are not known and that the attempt did not make. */
  readonly strangers: readonly Remote[];
}

/**
 * Sorts out what is at Powens by what is known of it here. Pure.
 *
 * Whoever only opens the manage page must not confirm a stranger's bank by that: what the attempt did not make stays in
 * quarantine or goes there. What is being deleted here may still be at Powens: it is not new.
 *
 * @param isMade - whether the attempt made a connection
 * @see OA-31
 */
export function classifyConnections<Remote extends RemoteConnection>(
  locals: readonly StandingConnection[],
  remotes: readonly Remote[],
  isMade: (remote: Remote) => boolean,
): ClassifiedConnections<Remote> {
  const known = new Map(locals.map((local) => [local.powensConnectionId, local]));
  const unknown = remotes.filter(({ id }) => !known.has(id));
  const inUse = remotes.filter(({ id }) => known.get(id)?.status === 'active');
  const active = locals.filter(({ status }) => status === 'active');
  return {
    diff: diffOf(active, [...inUse, ...unknown.filter(isMade)]),
    confirmed: remotes.flatMap((remote) => {
      const local = known.get(remote.id);
      return local?.status === 'unconfirmed' && isMade(remote) ? [{ id: local.id, remote }] : [];
    }),
    revived: remotes.flatMap((remote) => {
      const local = known.get(remote.id);
      return local?.status === 'gone' ? [{ id: local.id, remote }] : [];
    }),
    missing: missingIn(
      locals.filter(({ status }) => status === 'active' || status === 'unconfirmed'),
      remotes,
    ),
    strangers: unknown.filter((remote) => !isMade(remote)),
  };
}
