import { Injectable } from '@nestjs/common';
import { validate as isUuid, v7 as newId } from 'uuid';
import type { Attempt } from '../../attempts/attempt.js';
import type { Connection, ConnectionPage, UnconfirmedConnection } from '../../connections/connection.js';
import { noSuch, requireKnown } from '../../flow/changes/require-known.js';
import type {
  ManageRequest,
  ReconnectRequest,
  StartedAttempt,
  StartRequest,
} from '../../flow/connect/connect-flow.types.js';
import type { ConnectionsService } from '../../flow/connections.service.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import { metadataOf, type ConnectionMetadata } from '../../values/metadata.js';
import type { Owner } from '../../values/owner.js';
import { readPage, type PageRequest } from '../../values/page.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import { notConnected } from './bank-data.fake.js';
import { keyOf, MemoryStore, newToken, type StoredConnection } from './memory-store.js';
import type { PublicOf } from './public-of.js';
import { TestEvents } from './test-events.js';

const NIL_UUID = '00000000-0000-0000-0000-000000000000';
const LIFETIME_MS = 35 * 60_000;
const QUARANTINE_MS = 72 * 3_600_000;

/** `ConnectionsService` over memory: the same owners, errors and events, and no Powens. */
@Injectable()
export class FakeConnections implements PublicOf<ConnectionsService> {
  constructor(
    private readonly store: MemoryStore,
    private readonly events: TestEvents,
  ) {}

  async start(
    owner: OwnerLike,
    { metadata = {} }: StartRequest = {},
    binding: string | null = null,
  ): Promise<StartedAttempt> {
    return this.begin('connect', requiredOwner(owner), { binding, metadata: metadataOf(metadata) });
  }

  async reconnect(
    owner: OwnerLike,
    id: string,
    _request: ReconnectRequest = {},
    binding: string | null = null,
  ): Promise<StartedAttempt> {
    const { connection } = await this.known(owner, id);
    return this.begin('reconnect', requiredOwner(owner), { binding, connectionIds: [connection.id] });
  }

  async manage(
    owner: OwnerLike,
    _request: ManageRequest = {},
    binding: string | null = null,
  ): Promise<StartedAttempt> {
    return this.begin('manage', requiredOwner(owner), { binding });
  }

  async sync(owner: OwnerLike, id: string): Promise<Connection> {
    const { connection, ...stored } = await this.known(owner, id);
    const synced = { ...connection, lastSyncedAt: new Date() };
    return this.store.change({ ...stored, connection }, { connection: synced }).connection;
  }

  async delete(owner: OwnerLike, id: string): Promise<void> {
    const stored = await this.found(requiredOwner(owner), id);
    this.store.connections.delete(id);
    await this.events.about('connection.deleted', stored, { reason: 'requested' });
  }

  async listUnconfirmed(owner: OwnerLike): Promise<readonly UnconfirmedConnection[]> {
    return Promise.resolve(
      this.store.of(requiredOwner(owner)).flatMap(({ connection, unconfirmedSince: since }) =>
        since === null
          ? []
          : [
              {
                ...connection,
                unconfirmedSince: since,
                removeAt: new Date(since.getTime() + QUARANTINE_MS),
              },
            ],
      ),
    );
  }

  async confirm(owner: OwnerLike, id: string): Promise<Connection> {
    const stored = await this.found(requiredOwner(owner), id);
    if (stored.unconfirmedSince !== null) {
      const { connectorUuid, connectorName, state } = stored.connection;
      this.store.change(stored, { unconfirmedSince: null });
      await this.events.about('connection.created', stored, { connectorUuid, connectorName, state });
    }
    return stored.connection;
  }

  async erase(owner: OwnerLike): Promise<void> {
    const known = requiredOwner(owner);
    const had = this.store.tokens.delete(keyOf(known));
    this.store.bankData.delete(keyOf(known));
    for (const { connection } of this.store.of(known)) this.store.connections.delete(connection.id);
    for (const kept of [this.store.attempts, this.store.links]) {
      for (const [id, { owner: other }] of kept) if (keyOf(other) === keyOf(known)) kept.delete(id);
    }
    if (had) await this.events.emit('user.deleted', { ownerId: known.id, tenant: known.tenant });
  }

  async renewToken(owner: OwnerLike): Promise<void> {
    await this.withToken(owner, () => this.store.tokens.set(keyOf(requiredOwner(owner)), newToken()));
  }

  async revokeToken(owner: OwnerLike): Promise<void> {
    await this.withToken(owner, () => this.store.tokens.delete(keyOf(requiredOwner(owner))));
  }

  async withToken<T>(owner: OwnerLike, use: (token: AccessToken) => T | Promise<T>): Promise<T> {
    const token = this.store.tokens.get(keyOf(requiredOwner(owner)));
    if (token === undefined) {
      throw notConnected();
    }
    return use(AccessToken.of(token));
  }

  async getAttempt(owner: OwnerLike, id: string): Promise<Attempt> {
    const known = requiredOwner(owner);
    const attempt = this.store.attempts.get(id);
    const isOwn = attempt !== undefined && keyOf(attempt.owner) === keyOf(known);
    return requireKnown(id, async () => Promise.resolve(isOwn ? attempt.attempt : null), 'attempt');
  }

  async get(owner: OwnerLike, id: string): Promise<Connection> {
    return (await this.known(owner, id)).connection;
  }

  async getMetadata(owner: OwnerLike, id: string): Promise<ConnectionMetadata> {
    return (await this.known(owner, id)).metadata;
  }

  async setMetadata(owner: OwnerLike, id: string, metadata: ConnectionMetadata): Promise<void> {
    const checked = metadataOf(metadata);
    this.store.change(await this.known(owner, id), { metadata: checked });
  }

  async list(owner: OwnerLike, page: PageRequest = {}): Promise<ConnectionPage> {
    const inUse = this.store
      .of(requiredOwner(owner))
      .filter(({ unconfirmedSince }) => unconfirmedSince === null)
      .map(({ connection }) => connection);
    return readPage<Connection>(page, {
      start: NIL_UUID,
      isKey: isUuid,
      keyOf: ({ id }) => id,
      find: async (after, limit) => Promise.resolve(inUse.filter(({ id }) => id > after).slice(0, limit)),
    });
  }

  private async found(owner: Owner, id: string): Promise<StoredConnection> {
    return requireKnown(id, async () => Promise.resolve(this.store.find(owner, id)));
  }

  private async known(owner: OwnerLike, id: string): Promise<StoredConnection> {
    const stored = await this.found(requiredOwner(owner), id);
    if (stored.unconfirmedSince !== null) {
      throw noSuch();
    }
    return stored;
  }

  private begin(
    flow: Attempt['flow'],
    owner: Owner,
    given: {
      readonly binding: string | null;
      readonly connectionIds?: readonly string[];
      readonly metadata?: ConnectionMetadata;
    },
  ): Promise<StartedAttempt> {
    const { connectionIds = [], metadata = {} } = given;
    const [id, createdAt] = [newId(), new Date()];
    const expiresAt = new Date(createdAt.getTime() + LIFETIME_MS);
    const attempt = {
      id,
      flow,
      status: 'pending',
      connectionIds,
      error: null,
      createdAt,
      expiresAt,
    } as const;
    this.store.attempts.set(id, { owner, attempt: { ...attempt, completedAt: null }, metadata });
    const url = `https://webview.invalid/connect?state=${id}`;
    const binding = given.binding ?? newId();
    return Promise.resolve({ attemptId: id, url, expiresAt, binding, complete: 'callback' });
  }
}
