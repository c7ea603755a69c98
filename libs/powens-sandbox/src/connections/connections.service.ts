import { Injectable } from '@nestjs/common';
import { AccountsService } from './accounts.service.js';
import { connectorSources, sourceNamed } from '../connectors/connector.js';
import type { Connector, ConnectorSource } from '../connectors/connector.js';
import { ConnectorsService } from '../connectors/connectors.service.js';
import { notFound, tooManyConnections } from '../http/sandbox-api.error.js';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import { ProviderSettingsService } from '../scenarios/provider-settings.service.js';
import type { ConnectionRecord, SourceRecord, UserRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { SyncEvents } from '../webhooks/emission/sync-events.service.js';
import { WebhookEvents } from '../webhooks/emission/webhook-events.service.js';
import { advanceConnection } from './connection-life.js';
import { removeConnection } from '../store/connection-removal.js';
import { changesForState, stateAfterConsent } from './connection-state.js';

/**
 * The connections of a user: made, found, changed, deleted.
 *
 * @see protocol notes, section 5.2 and 5.3
 */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly store: SandboxStore,
    private readonly accounts: AccountsService,
    private readonly connectors: ConnectorsService,
    private readonly events: WebhookEvents,
    private readonly syncs: SyncEvents,
    private readonly provider: ProviderSettingsService,
  ) {}

  /**
   * Makes a connection; unless it starts in a state that asks for more, its accounts are found and wait for consent. Who
   * calls this says when that counts as a synchronisation: see {@link ConnectionsService.announce}.
   */
  create(
    user: UserRecord,
    connector: Connector,
    state: string | null = null,
    source: ConnectorSource = connectorSources(connector)[0],
  ): ConnectionRecord {
    const now = this.store.clock.now();
    this.refuseAboveLimit();
    const connection = this.store.connections.put({
      id: this.store.nextId('connection'),
      idUser: user.id,
      idConnector: connector.id,
      active: true,
      createdAt: now,
      lastUpdate: null,
      lastPush: null,
      lastSyncAt: now,
      deletedAt: null,
      ...changesForState(state, now),
    });
    this.addSource(connection, source);
    return state === null ? this.settle(connection) : connection;
  }

  /** A synchronisation goes well. */
  synchronise(connection: ConnectionRecord): ConnectionRecord {
    return this.announce(this.markSynced(connection));
  }

  /** The bank knows the person: the consent starts anew, and what is not known yet is found. */
  complete(connection: ConnectionRecord): ConnectionRecord {
    return this.announce(this.settle(connection));
  }

  /** Sends the webhooks of the synchronisation that led to the present state. */
  announce(connection: ConnectionRecord): ConnectionRecord {
    return this.syncs.announce(connection);
  }

  /** Puts a connection and its sources into a state, with what goes with it. */
  putInState(connection: ConnectionRecord, state: string | null): ConnectionRecord {
    const changed = this.change(connection, changesForState(state, this.store.clock.now()));
    for (const source of this.sourcesOf(changed)) {
      this.changeSource(source, { state, nextTry: changed.nextTry });
    }
    return changed;
  }

  /** The connections of a user, each brought up to the present time. */
  of(user: UserRecord): ConnectionRecord[] {
    const existing = this.store.connections
      .ownedBy(user.id)
      .filter((connection) => connection.deletedAt === null);
    return existing.map((connection) => this.upToDate(connection));
  }

  /** One connection of a user; another user's is not found. */
  find(user: UserRecord, id: string): ConnectionRecord {
    const connection = this.byId(Number(id));
    if (connection?.idUser !== user.id || String(connection.id) !== id) {
      throw notFound();
    }
    return connection;
  }

  /** The connection of that id, of any user: for the webview and the admin routes. */
  byId(id: number): ConnectionRecord | undefined {
    const connection = this.store.connections.get(id);
    return connection === undefined || connection.deletedAt !== null ? undefined : this.upToDate(connection);
  }

  /** The sources of a connection. */
  sourcesOf(connection: ConnectionRecord): SourceRecord[] {
    return this.store.sources.ownedBy(connection.id);
  }

  /** Changes a connection. */
  change(connection: ConnectionRecord, changes: Partial<ConnectionRecord>): ConnectionRecord {
    return this.store.connections.put({ ...connection, ...changes });
  }

  /** Changes a source. */
  changeSource(source: SourceRecord, changes: Partial<SourceRecord>): SourceRecord {
    return this.store.sources.put({ ...source, ...changes });
  }

  /** Deletes a connection for good. */
  remove(connection: ConnectionRecord): void {
    removeConnection(this.store, connection);
    this.events.connectionDeleted(connection);
  }

  /** Brings every connection up to the present time, as reading each would. */
  advanceAll(): void {
    for (const connection of this.store.connections.all()) {
      if (connection.deletedAt === null) {
        this.upToDate(connection);
      }
    }
  }

  private refuseAboveLimit(): void {
    const { maxConnections } = this.provider.read();
    if (maxConnections === null) {
      return;
    }
    const existing = [...this.store.connections.all()].filter(({ deletedAt }) => deletedAt === null);
    if (existing.length >= maxConnections) {
      throw tooManyConnections();
    }
  }

  private markSynced(connection: ConnectionRecord): ConnectionRecord {
    const synced = this.change(connection, changesForState(null, this.store.clock.now()));
    for (const source of this.sourcesOf(synced)) {
      this.changeSource(source, { state: null, lastUpdate: synced.lastUpdate, nextTry: synced.nextTry });
    }
    return synced;
  }

  private settle(connection: ConnectionRecord): ConnectionRecord {
    const synced = this.markSynced(connection);
    const accessExpire = this.store.clock.now() + SANDBOX_CHOICES.consentSeconds * 1000;
    const connector = this.connectors.get(synced.idConnector);
    const sources = this.sourcesOf(synced).map((source) =>
      sourceNamed(connector, source.name)?.hasConsentEnd === true
        ? this.changeSource(source, { accessExpire })
        : source,
    );
    const known =
      this.store.accounts.ownedBy(synced.id).length + this.store.subscriptions.ownedBy(synced.id).length;
    if (known === 0 && sources[0] !== undefined) {
      this.accounts.discover(synced, sources[0], connector);
    }
    return synced;
  }

  /** Nightly synchronisations and ends of consents are applied on read: no timer runs on a virtual clock. */
  private upToDate(connection: ConnectionRecord): ConnectionRecord {
    const now = this.store.clock.now();
    if (connection.readyAt !== null && connection.readyAt <= now) {
      return this.complete(connection);
    }
    const life = advanceConnection(connection, this.sourcesOf(connection), now);
    if (life === undefined) {
      return connection;
    }
    life.sources.forEach((source) => this.store.sources.put(source));
    this.store.connections.put(life.connection);
    const hasSynced = life.connection.lastSyncAt !== connection.lastSyncAt;
    const synced = hasSynced ? this.announce(life.connection) : life.connection;
    if (!life.hasConsentEnded) {
      return synced;
    }
    const state = stateAfterConsent(this.connectors.get(connection.idConnector));
    return this.announce(this.putInState(synced, state));
  }

  private addSource(connection: ConnectionRecord, source: ConnectorSource): void {
    this.store.sources.put({
      id: this.store.nextId('source'),
      idConnection: connection.id,
      idConnectorSource: source.id,
      name: source.name,
      createdAt: connection.createdAt,
      lastUpdate: null,
      disabledAt: null,
      state: connection.state,
      accessExpire: null,
      expire: null,
      nextTry: connection.nextTry,
    });
  }
}
