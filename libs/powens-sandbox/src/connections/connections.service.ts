import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.js';
import { connectorSourceId } from '../connectors/connector.wire.js';
import type { Connector } from '../connectors/connector.js';
import { notFound } from '../http/sandbox-api.error.js';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import type { ConnectionRecord, SourceRecord, UserRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { advanceConnection } from './connection-life.js';

const NIGHT_MS = SANDBOX_CHOICES.nightlySyncSeconds * 1000;

/**
 * The connections of a user: made, found, changed, deleted.
 *
 * @see powens-protocol.md sections 5.2 and 5.3
 */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly store: SandboxStore,
    private readonly accounts: AccountsService,
  ) {}

  /** Makes a connection whose first synchronisation went well; its accounts wait for consent. */
  create(user: UserRecord, connector: Connector): ConnectionRecord {
    const now = this.store.clock.now();
    const connection = this.store.connections.put({
      id: this.store.nextId('connection'),
      idUser: user.id,
      idConnector: connector.id,
      state: null,
      errorMessage: null,
      fields: null,
      active: true,
      createdAt: now,
      lastUpdate: now,
      lastPush: null,
      expire: null,
      nextTry: now + NIGHT_MS,
      lastSyncAt: now,
      deletedAt: null,
    });
    this.accounts.discover(connection, this.addSource(connection, connector), connector);
    return connection;
  }

  /** The living connections of a user, each brought up to the present moment. */
  of(user: UserRecord): ConnectionRecord[] {
    const living = this.store.connections
      .ownedBy(user.id)
      .filter((connection) => connection.deletedAt === null);
    return living.map((connection) => this.upToDate(connection));
  }

  /** One connection of a user; another user's is not found. */
  find(user: UserRecord, id: string): ConnectionRecord {
    const connection = this.byId(Number(id));
    if (connection?.idUser !== user.id) {
      throw notFound();
    }
    return connection;
  }

  /** The living connection of that id, whoever owns it: for the webview and the admin routes. */
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
    this.store.connections.put({ ...connection, deletedAt: this.store.clock.now() });
  }

  /** Nightly synchronisations and the end of consents happen when someone looks: no timer runs on a virtual clock. */
  private upToDate(connection: ConnectionRecord): ConnectionRecord {
    const life = advanceConnection(connection, this.sourcesOf(connection), this.store.clock.now());
    if (life === undefined) {
      return connection;
    }
    life.sources.forEach((source) => this.store.sources.put(source));
    return this.store.connections.put(life.connection);
  }

  private addSource(connection: ConnectionRecord, connector: Connector): SourceRecord {
    const hasConsent = connector.sourceName === 'openapi';
    return this.store.sources.put({
      id: this.store.nextId('source'),
      idConnection: connection.id,
      idConnectorSource: connectorSourceId(connector),
      name: connector.sourceName,
      createdAt: connection.createdAt,
      lastUpdate: connection.lastUpdate,
      disabledAt: null,
      state: null,
      accessExpire: hasConsent ? connection.createdAt + SANDBOX_CHOICES.consentSeconds * 1000 : null,
      expire: null,
      nextTry: connection.nextTry,
    });
  }
}
