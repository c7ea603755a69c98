import type { StandingConnection } from '../../connections/connection-changes.repository.js';
import { diffOf, missingIn, type RemoteConnection, type RemoteDiff } from '../../connections/remote-diff.js';

/** The connections of a Powens user, classified for an attempt that may have added some. */
export interface ClassifiedConnections<Remote extends RemoteConnection> {
  /** Connections that the attempt added or found changed. */
  readonly diff: RemoteDiff;
  /** Connections in quarantine that this attempt created. */
  readonly confirmed: readonly { readonly id: string; readonly remote: Remote }[];
  /** Connections with status `gone` that Powens lists again. */
  readonly revived: readonly { readonly id: string; readonly remote: Remote }[];
  /** Connections that the list leaves out: each must still be read by its id. */
  readonly missing: readonly StandingConnection[];
  /** Unknown connections that cannot be attributed to the attempt. */
  readonly unattributed: readonly Remote[];
}

/**
 * Classifies the connections at Powens by their status here. Pure.
 *
 * Opening the manage page must not confirm another person's bank: a connection that the attempt did not create stays in
 * quarantine or is put there. A connection that is being deleted here may still exist at Powens: it is not new.
 *
 * @param isMade - whether the attempt created a connection
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
    unattributed: unknown.filter((remote) => !isMade(remote)),
  };
}
