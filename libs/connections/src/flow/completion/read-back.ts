import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionsError, PowensApiError } from '../../errors/index.js';
import type { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { anotherUser, assertOwn } from '../losses/own-connections.js';

/** After an app-to-app return a connection may take a moment to show up. */
const RETRY_AFTER_MS = [250, 500, 1000, 2000];

/** The connections that a callback named, as Powens reports them. */
export interface Found {
  readonly powensUserId: string;
  readonly connections: readonly PowensConnection[];
}

/**
 * Verifies the claims of a callback at Powens, since anyone can type ids into a query string: reads its connections with the
 * attempt's own token.
 *
 * @param claimedIds - ids that the callback named
 * @throws PowensApiError `connection_not_found` when Powens does not have one of them, `powens_response_invalid` when an
 *   answer is about another Powens user; ConnectionsError `callback_incomplete` when there is no connection
 * @see OA-14
 */
export async function readBack(
  powens: PowensClient,
  access: TokenAccess,
  claimedIds: readonly string[],
): Promise<Found> {
  const connections = await claimed(powens, access, claimedIds);
  if (connections.length === 0) {
    throw new ConnectionsError('callback_incomplete', 'The webview came back without a connection.');
  }
  const powensUserId =
    access.kind === 'kept'
      ? access.user.powensUserId
      : await userOf(powens, access, claimedIds.length === 0 ? [] : connections);
  return { powensUserId, connections: assertOwn(connections, powensUserId) };
}

/**
 * Asserts that a token belongs to the Powens user that was read with it. Otherwise one answer that names another user would end
 * the attempt as if that user had been connected.
 *
 * @throws PowensApiError `powens_response_invalid` when it belongs to another user
 */
export async function assertUser(
  powens: PowensClient,
  access: TokenAccess,
  powensUserId: string,
): Promise<void> {
  const { id } = await access.send(async (token) => powens.getUser(token));
  if (id !== powensUserId) {
    throw anotherUser('GET /users/me');
  }
}

async function claimed(
  powens: PowensClient,
  access: TokenAccess,
  ids: readonly string[],
): Promise<readonly PowensConnection[]> {
  if (ids.length === 0 && access.kind === 'kept') {
    // The callback names no connection: it is unknown which one of the user is meant, and there may be no new one.
    return [];
  }
  if (ids.length === 0) {
    // This attempt created the user, and its code returned to the browser that started the attempt: all connections of the
    // user were created there, so all of them count as confirmed (OA-31).
    return access.send(async (token) => powens.listConnections(token));
  }
  // Sequentially: there are two or three at most, and Powens limits the rate of calls per token.
  const found: PowensConnection[] = [];
  for (const id of ids) {
    found.push(await readWithRetries(powens, access, id));
  }
  return found;
}

async function readWithRetries(
  powens: PowensClient,
  access: TokenAccess,
  id: string,
): Promise<PowensConnection> {
  const read = async (token: AccessToken): Promise<PowensConnection> => powens.getConnection(token, id);
  for (const delayMs of RETRY_AFTER_MS) {
    try {
      return await access.send(read);
    } catch (error) {
      if (!(error instanceof PowensApiError && error.failure.status === 404)) {
        throw error;
      }
      await sleep(delayMs);
    }
  }
  try {
    return await access.send(read);
  } catch (error) {
    return listed(powens, access, { id, error });
  }
}

/** A connection that is not found by its id but is in the list of its user exists: one of the two answers is wrong. */
async function listed(
  powens: PowensClient,
  access: TokenAccess,
  { id, error }: { readonly id: string; readonly error: unknown },
): Promise<PowensConnection> {
  if (!(error instanceof PowensApiError && error.code === 'connection_not_found')) {
    throw error;
  }
  const list = await access.send(async (token) => powens.listConnections(token));
  const found = list.find((connection) => connection.id === id);
  if (found === undefined) {
    throw error;
  }
  return found;
}

/** A connection that was read by its id usually names its user, which saves a call. A whole list may belong to another user. */
async function userOf(
  powens: PowensClient,
  access: TokenAccess,
  connections: readonly PowensConnection[],
): Promise<string> {
  const named = connections.find(({ userId }) => userId !== null)?.userId;
  return named ?? (await access.send(async (token) => powens.getUser(token))).id;
}
