import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ConnectionsError, PowensApiError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { anotherUser, assertOwn } from '../losses/own-connections.js';

/** After an app-to-app return a connection may take a moment to show up. */
const RETRY_AFTER_MS = [250, 500, 1000, 2000];

/** What Powens itself says of the connections that a callback named. */
export interface Found {
  readonly powensUserId: string;
  readonly connections: readonly PowensConnection[];
}

/**
 * Reads back what a callback claims: the ids in a query string can be typed by anybody.
 *
 * @see OA-14
 * @internal
 */
@Injectable()
export class ReadBackService {
  constructor(private readonly powens: PowensClient) {}

  /**
   * Reads the connections of a callback with the grant's own token.
   *
   * @param claimedIds - what the callback named
   * @throws PowensApiError `connection_not_found` when one is not there, `powens_response_invalid` when an answer is about
   *   another Powens user; ConnectionsError `callback_incomplete` when there is none at all
   */
  async find(grant: TokenAccess, claimedIds: readonly string[]): Promise<Found> {
    const connections = await this.claimed(grant, claimedIds);
    if (connections.length === 0) {
      throw new ConnectionsError('callback_incomplete', 'The webview came back without a connection.');
    }
    const powensUserId =
      grant.kind === 'kept'
        ? grant.account.powensUserId
        : await this.userOf(grant, claimedIds.length === 0 ? [] : connections);
    return { powensUserId, connections: assertOwn(connections, powensUserId) };
  }

  /**
   * Makes sure that a token is of the Powens user that was read with it. One answer that names another user would otherwise end a
   * visit as if that user were connected by it.
   *
   * @throws PowensApiError `powens_response_invalid` when it is another's
   */
  async assertUser(grant: TokenAccess, powensUserId: string): Promise<void> {
    const { id } = await grant.send(async (token) => this.powens.getUser(token));
    if (id !== powensUserId) {
      throw anotherUser('GET /users/me');
    }
  }

  private async claimed(grant: TokenAccess, ids: readonly string[]): Promise<readonly PowensConnection[]> {
    if (ids.length === 0 && grant.kind === 'kept') {
      // Which of the user's connections is meant cannot be told, and none may be new.
      return [];
    }
    if (ids.length === 0) {
      // The user was made by this very visit, and its code came back to the browser that started: all of it was made
      // there, so all of it counts as confirmed (OA-31).
      return grant.send(async (token) => this.powens.listConnections(token));
    }
    // One after the other: there are two or three of them at most, and one token's calls are rate-limited.
    const found: PowensConnection[] = [];
    for (const id of ids) {
      found.push(await this.patiently(grant, id));
    }
    return found;
  }

  private async patiently(grant: TokenAccess, id: string): Promise<PowensConnection> {
    const read = async (token: AccessToken): Promise<PowensConnection> =>
      this.powens.getConnection(token, id);
    for (const delayMs of RETRY_AFTER_MS) {
      try {
        return await grant.send(read);
      } catch (error) {
        if (!(error instanceof PowensApiError && error.failure.status === 404)) {
          throw error;
        }
        await sleep(delayMs);
      }
    }
    try {
      return await grant.send(read);
    } catch (error) {
      return this.listed(grant, id, error);
    }
  }

  /** A connection that is not found by its id, and stands in the list of its user, is there: one of the answers is wrong. */
  private async listed(grant: TokenAccess, id: string, error: unknown): Promise<PowensConnection> {
    if (!(error instanceof PowensApiError && error.code === 'connection_not_found')) {
      throw error;
    }
    const list = await grant.send(async (token) => this.powens.listConnections(token));
    const found = list.find((connection) => connection.id === id);
    if (found === undefined) {
      throw error;
    }
    return found;
  }

  /** A connection that was asked for by its id usually names its user, which spares a call. A list may be all another user's. */
  private async userOf(grant: TokenAccess, connections: readonly PowensConnection[]): Promise<string> {
    const named = connections.find(({ userId }) => userId !== null)?.userId;
    return named ?? (await grant.send(async (token) => this.powens.getUser(token))).id;
  }
}
