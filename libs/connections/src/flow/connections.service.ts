import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import type { Attempt } from '../attempts/attempt.js';
import type { Connection, ConnectionPage, UnconfirmedConnection } from '../connections/connection.js';
import { ConnectionRepository } from '../connections/connection.repository.js';
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
import { noSuch, requireKnown } from './changes/require-known.js';
import { ErasureService } from './erasure/erasure.service.js';
import { RefreshService } from './lifecycle/refresh.service.js';
import { RemovalService } from './lifecycle/removal.service.js';
import { TokenAudit } from './tokens/token-audit.service.js';

export type { Attempt, Connection, ConnectionPage, UnconfirmedConnection };

/** Sorts before every id. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

const MAX_UNCONFIRMED = 200;

/**
 * The service that the host calls. Every method is scoped to an owner: an id of another owner is
 * not found, like an unknown id.
 *
 * @public
 */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly flow: ConnectFlowService,
    private readonly tokens: TokenService,
    private readonly connections: ConnectionRepository,
    private readonly audit: TokenAudit,
    private readonly refreshes: RefreshService,
    private readonly removals: RemovalService,
    private readonly erasures: ErasureService,
  ) {}

  /**
   * Starts a flow, for hosts with their own routes. Give the binding to the same browser, in a cookie.
   *
   * @param binding - the binding that the browser already has
   * @throws ConnectionsError `return_to_refused`, `invalid_request`; PowensApiError when Powens cannot create a webview code
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
    return this.flow.reconnect(requiredOwner(owner), id, request, binding);
  }

  /**
   * Opens the manage page, where the owner may add and delete connections.
   *
   * @throws as {@link ConnectionsService.reconnect}
   */
  async manage(
    owner: OwnerLike,
    request: ManageRequest = {},
    binding: string | null = null,
  ): Promise<StartedAttempt> {
    return this.flow.manage(requiredOwner(owner), request, binding);
  }

  /**
   * Synchronises a connection now, for an owner who is present.
   *
   * @throws ConnectionsError `not_found`; `sync_refused` with the seconds to wait; PowensApiError
   */
  async sync(owner: OwnerLike, id: string): Promise<Connection> {
    await this.audit.act('connection.sync', owner, async (known) => this.refreshes.sync(known, id), id);
    return this.get(owner, id);
  }

  /**
   * Deletes a connection, at Powens and here; also one that is in quarantine. An interrupted deletion continues in the
   * background.
   *
   * @throws ConnectionsError `not_found`; PowensApiError when the call to Powens fails: the deletion is retried
   */
  async delete(owner: OwnerLike, id: string): Promise<void> {
    await this.audit.act('connection.delete', owner, async (known) => this.removals.delete(known, id), id);
  }

  /**
   * Lists the quarantined connections of an owner: found at Powens, and confirmed by no callback of the owner's browser.
   * Show each to the signed-in user and ask whether they connected it: then {@link ConnectionsService.confirm} it or
   * {@link ConnectionsService.delete} it. Never confirm without the user's answer: it may be another person's bank.
   *
   * @returns the oldest 200 of them, oldest first
   */
  async listUnconfirmed(owner: OwnerLike): Promise<readonly UnconfirmedConnection[]> {
    return this.connections.findUnconfirmed(requiredOwner(owner), MAX_UNCONFIRMED);
  }

  /**
   * Takes a connection out of quarantine, because its owner recognises it. It is read at Powens, appears in the lists, and
   * emits `connection.created`; one that is in use already is returned unchanged.
   *
   * @throws ConnectionsError `not_found`, also when it is gone at Powens or its removal has begun; `not_connected`;
   *   PowensApiError
   */
  async confirm(owner: OwnerLike, id: string): Promise<Connection> {
    await this.audit.act('connection.confirm', owner, async (known) => this.refreshes.confirm(known, id), id);
    return this.get(owner, id);
  }

  /**
   * Erases an owner: its Powens user, token, connections and attempts. A tombstone without any id is kept.
   *
   * @throws PowensApiError when a call to Powens fails: the token is unusable already, and the erasure is retried
   */
  async erase(owner: OwnerLike): Promise<void> {
    await this.audit.act('owner.erase', owner, async (known) => this.erasures.erase(known));
  }

  /**
   * Renews the owner's access token and revokes the previous ones. Concurrent callers share one renewal.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError
   */
  async renewToken(owner: OwnerLike): Promise<void> {
    // Records itself: concurrent callers share one renewal, and its one record.
    await this.tokens.renew(requiredOwner(owner));
  }

  /**
   * Revokes the owner's access token. The Powens user and its connections stay; the next flow renews a token for it.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError when the call to Powens fails: the revocation is retried
   */
  async revokeToken(owner: OwnerLike): Promise<void> {
    await this.audit.act('token.revoke', owner, async (known) => this.tokens.revoke(known));
  }

  /**
   * Lends the owner's access token to `use`: the only way to read the token. Do not store, log or return it. Powens also answers
   * with connections in quarantine, which may belong to another person; `PowensService` leaves them out.
   *
   * @example
   * ```ts
   * await connections.withToken(user.id, (token) => token.use((clear) => readAccounts(clear)), 'monthly report');
   * ```
   * @param purpose - why the token is used, for the `audit` hook; no personal data
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
    return this.flow.getAttempt(requiredOwner(owner), id);
  }

  /**
   * Finds a connection of an owner.
   *
   * @throws ConnectionsError `not_found`
   */
  async get(owner: OwnerLike, id: string): Promise<Connection> {
    const known = requiredOwner(owner);
    return requireKnown(id, async () => this.connections.findOne(known, id));
  }

  /**
   * Reads the metadata that the application stored with a connection; empty when it stored none.
   *
   * @throws ConnectionsError `not_found`
   */
  async getMetadata(owner: OwnerLike, id: string): Promise<ConnectionMetadata> {
    const known = requiredOwner(owner);
    return requireKnown(id, async () => this.connections.findMetadata(known, id));
  }

  /**
   * Replaces the metadata that the application stores with a connection.
   *
   * @throws ConnectionsError `invalid_request`, `not_found`
   */
  async setMetadata(owner: OwnerLike, id: string, metadata: ConnectionMetadata): Promise<void> {
    const checked = metadataOf(metadata);
    const replace = async (known: Owner): Promise<void> => {
      if (!isUuid(id) || !(await this.connections.replaceMetadata(known, id, checked))) {
        throw noSuch();
      }
    };
    await this.audit.act('connection.set_metadata', owner, replace, id);
  }

  /**
   * Lists connections of an owner, oldest first.
   *
   * @param page - `limit` from 1 to 200, 50 when absent; `cursor` of the previous page
   * @throws ConnectionsError `invalid_request` for an invalid limit or cursor
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
