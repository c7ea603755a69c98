import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import type { Attempt } from '../attempts/attempt.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import type { Connection, ConnectionPage, UnconfirmedConnection } from '../connections/connection.js';
import { ConnectionMetadataRepository } from '../connections/connection-metadata.repository.js';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { ConnectionsError } from '../errors/index.js';
import { requiredOwner } from '../options/owner-of.js';
import type { OwnerLike } from '../options/owner-resolver.interface.js';
import type { AccessToken } from '../values/secrets/access-token.js';
import type { Owner } from '../values/owner.js';
import { readPage, type PageRequest } from '../values/page.js';
import { metadataOf, type ConnectionMetadata } from '../values/metadata.js';
import { ConnectFlowService } from './connect/connect-flow.service.js';
import { TokenService } from './tokens/token.service.js';
import type {
  ManageRequest,
  ReconnectRequest,
  StartedAttempt,
  StartRequest,
} from './connect/connect-flow.types.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';

export type { Attempt, Connection, ConnectionPage, UnconfirmedConnection };

/** Sorts before every id. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/**
 * What the host calls: everything is scoped to an owner, and another owner's id is as absent as one that never was.
 *
 * @public
 */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly flow: ConnectFlowService,
    private readonly tokens: TokenService,
    private readonly attempts: AttemptRepository,
    private readonly connections: ConnectionRepository,
    private readonly lifecycle: ConnectionLifecycleService,
    private readonly metadata: ConnectionMetadataRepository,
  ) {}

  /**
   * Starts a flow, for hosts with routes of their own. Give the binding to the same browser, in a cookie.
   *
   * @param binding - the binding that the browser already has
   * @throws ConnectionsError `return_to_refused`, `invalid_request`; PowensApiError when Powens cannot make a webview code
   */
  async start(
    owner: OwnerLike,
    request: StartRequest = {},
    binding: string | null = null,
  ): Promise<StartedAttempt> {
    return this.flow.start(requiredOwner(owner), request, binding);
  }

  /**
   * Starts the repair of a connection.
   *
   * @throws ConnectionsError `not_found`, `not_connected`, `return_to_refused`; PowensApiError
   */
  async reconnect(
    owner: OwnerLike,
    id: string,
    request: ReconnectRequest = {},
    binding: string | null = null,
  ): Promise<StartedAttempt> {
    return this.lifecycle.starts.reconnect(requiredOwner(owner), id, request, binding);
  }

  /**
   * Opens the manage page, where connections may be added and deleted.
   *
   * @throws as {@link ConnectionsService.reconnect}
   */
  async manage(
    owner: OwnerLike,
    request: ManageRequest = {},
    binding: string | null = null,
  ): Promise<StartedAttempt> {
    return this.lifecycle.starts.manage(requiredOwner(owner), request, binding);
  }

  /**
   * Synchronises a connection now, for an owner who is present.
   *
   * @throws ConnectionsError `not_found`; `sync_refused` with the seconds to wait; PowensApiError
   */
  async sync(owner: OwnerLike, id: string): Promise<Connection> {
    await this.lifecycle.sync(owner, id);
    return this.get(owner, id);
  }

  /**
   * Deletes a connection, at Powens and here; also one that is in quarantine. Half done, it goes on by itself.
   *
   * @throws ConnectionsError `not_found`; PowensApiError when Powens cannot be told yet
   */
  async delete(owner: OwnerLike, id: string): Promise<void> {
    await this.lifecycle.delete(owner, id);
  }

  /**
   * Lists what is in quarantine of an owner: connections seen at Powens that no callback of the owner's browser confirmed.
   * For a screen that asks the signed-in user whether it was them: then {@link ConnectionsService.confirm} it or
   * {@link ConnectionsService.delete} it. Never confirm without having asked: it may be a stranger's bank.
   *
   * @returns the oldest 200 of them, oldest first
   * @see OA-31
   */
  async listUnconfirmed(owner: OwnerLike): Promise<readonly UnconfirmedConnection[]> {
    return this.lifecycle.confirmations.list(requiredOwner(owner));
  }

  /**
   * Takes a connection out of quarantine, because its owner said that it is theirs. It is read at Powens, listed from
   * here on, and told by `connection.created`; one that is in use already is answered as it is.
   *
   * @throws ConnectionsError `not_found`, also when it is gone at Powens or its removal has begun; `not_connected`;
   *   PowensApiError
   * @see OA-31
   */
  async confirm(owner: OwnerLike, id: string): Promise<Connection> {
    await this.lifecycle.confirm(owner, id);
    return this.get(owner, id);
  }

  /**
   * Erases an owner: its Powens user, token, connections and attempts. A tombstone without any id is kept.
   *
   * @throws PowensApiError when Powens cannot be told yet: the token is unusable already, the rest goes on by itself
   */
  async erase(owner: OwnerLike): Promise<void> {
    await this.lifecycle.erase(owner);
  }

  /**
   * Renews the owner's access token; those before are revoked. Callers that come together share one renewal.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError
   */
  async renewToken(owner: OwnerLike): Promise<void> {
    await this.lifecycle.renewToken(owner);
  }

  /**
   * Revokes the owner's access token. The Powens user and its connections stay; the next flow renews a token for it.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError when Powens cannot be told yet
   */
  async revokeToken(owner: OwnerLike): Promise<void> {
    await this.lifecycle.revokeToken(owner);
  }

  /**
   * Lends the owner's access token to `use`: the only way out of custody. Do not keep, log or return it. What is read with
   * it includes connections in quarantine, which may be a stranger's (OA-31); `PowensService` leaves them out.
   *
   * @example
   * ```ts
   * await connections.withToken(user.id, (token) => token.use((clear) => readAccounts(clear)), 'monthly report');
   * ```
   * @param purpose - what it is lent for, told to the `audit` hook; no personal data
   * @throws ConnectionsError `not_connected` when the owner has none
   * @throws CustodyError `key_unavailable` or `token_tampered` when it cannot be opened
   */
  async withToken<T>(
    owner: OwnerLike,
    use: (token: AccessToken) => T | Promise<T>,
    purpose?: string,
  ): Promise<T> {
    return this.tokens.withToken(requiredOwner(owner), use, purpose);
  }

  /**
   * Finds an attempt of an owner.
   *
   * @throws ConnectionsError `not_found`
   */
  async getAttempt(owner: OwnerLike, id: string): Promise<Attempt> {
    const found = isUuid(id) ? await this.attempts.findOne(requiredOwner(owner), id) : null;
    return found ?? absent('attempt');
  }

  /**
   * Finds a connection of an owner.
   *
   * @throws ConnectionsError `not_found`
   */
  async get(owner: OwnerLike, id: string): Promise<Connection> {
    const found = isUuid(id) ? await this.connections.findOne(requiredOwner(owner), id) : null;
    return found ?? absent('connection');
  }

  /**
   * Reads what the application remembers with a connection; empty when it remembers nothing.
   *
   * @throws ConnectionsError `not_found`
   */
  async getMetadata(owner: OwnerLike, id: string): Promise<ConnectionMetadata> {
    const found = isUuid(id) ? await this.metadata.find(requiredOwner(owner), id) : null;
    return found ?? absent('connection');
  }

  /**
   * Replaces what the application remembers with a connection.
   *
   * @throws ConnectionsError `invalid_request`, `not_found`
   */
  async setMetadata(owner: OwnerLike, id: string, metadata: ConnectionMetadata): Promise<void> {
    const checked = metadataOf(metadata);
    const replace = async (known: Owner): Promise<void> => {
      if (!isUuid(id) || !(await this.metadata.replace(known, id, checked))) {
        absent('connection');
      }
    };
    await this.lifecycle.audit.act('connection.set_metadata', owner, replace, id);
  }

  /**
   * Lists connections of an owner, oldest first.
   *
   * @param page - `limit` from 1 to 200, 50 when absent; `cursor` of the page before
   * @throws ConnectionsError `invalid_request` for a limit or cursor that is not one
   */
  async list(owner: OwnerLike, page: PageRequest = {}): Promise<ConnectionPage> {
    const known = requiredOwner(owner);
    return readPage<Connection>(page, {
      start: NIL_UUID,
      isKey: isUuid,
      keyOf: ({ id }) => id,
      find: async (afterId, limit) => this.connections.findPage(known, { afterId, limit }),
    });
  }
}

function absent(what: string): never {
  throw new ConnectionsError('not_found', `There is no such ${what}.`);
}
