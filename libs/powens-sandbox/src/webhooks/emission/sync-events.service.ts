import { Injectable } from '@nestjs/common';
import { newestTransactionId } from '../../bank-data/transaction-factory.js';
import { ConnectorsService } from '../../connectors/connectors.service.js';
import { ProviderSettingsService } from '../../scenarios/provider-settings.service.js';
import type { ConnectionRecord } from '../../store/records.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import { WebhookSettingsService } from '../registry/webhook-settings.service.js';
import {
  WebhookPayloads,
  accountCategorized,
  accountOwnershipsFound,
  accountSynced,
  attachmentsFound,
  subscriptionFound,
  subscriptionSynced,
} from '../payloads/webhook-payloads.service.js';
import type { SyncedConnection, WebhookPayload } from '../payloads/webhook-payloads.service.js';
import { newTransactions } from '../payloads/transaction-filler.js';
import { WebhookRegistry } from '../registry/webhook-registry.service.js';
import { WebhookEvents } from './webhook-events.service.js';

/**
 * Emits the events of a synchronisation, in the natural order.
 *
 * @see protocol notes, section 7.3, "Ordering", and 11.4
 */
@Injectable()
export class SyncEvents {
  constructor(
    private readonly store: SandboxStore,
    private readonly registry: WebhookRegistry,
    private readonly events: WebhookEvents,
    private readonly payloads: WebhookPayloads,
    private readonly settings: WebhookSettingsService,
    private readonly provider: ProviderSettingsService,
    private readonly connectors: ConnectorsService,
  ) {}

  /** Emits the events of a synchronisation, and returns the connection with the date of the push. */
  announce(connection: ConnectionRecord): ConnectionRecord {
    if (!this.registry.hasRegistrations()) {
      return connection;
    }
    const subject = { idUser: connection.idUser, idConnection: connection.id };
    const synced = this.gather(connection);
    if (connection.state === null) {
      this.emitParts(synced);
    }
    this.events.emit('CONNECTION_SYNCED', subject, () => this.payloads.connectionSynced(synced));
    return connection.state === null ? this.markPushed(synced) : connection;
  }

  /** What a synchronisation found: no transactions, when it failed. `isWhole` for the whole history instead of what is new. */
  gather(connection: ConnectionRecord, isWhole = false): SyncedConnection {
    if (connection.state !== null && this.provider.read().accountsOnFailure === 'none') {
      return { connection, accounts: [], subscriptions: [] };
    }
    const enabled = this.store.accounts.ownedBy(connection.id).filter((one) => one.disabledAt === null);
    const contracts = this.store.subscriptions.ownedBy(connection.id);
    return {
      connection,
      accounts: enabled.map((account, rank) => {
        const afterId = isWhole ? null : (account.lastPushedId ?? null);
        const padBytes = afterId === null && rank === 0 ? this.settings.read().bigFirstSync : 0;
        const until = connection.lastUpdate ?? account.createdAt;
        const { id: idAccount, type, createdAt, currency } = account;
        const fill = { idAccount, type, createdAt, currency, afterId, until, padBytes };
        return { account, fill };
      }),
      subscriptions: connection.state === null ? contracts.filter((one) => one.disabledAt === null) : [],
    };
  }

  private emitParts(synced: SyncedConnection): void {
    const { connection, accounts, subscriptions } = synced;
    const subject = { idUser: connection.idUser, idConnection: connection.id };
    this.events.emit('ACCOUNTS_FETCHED', subject, () => this.payloads.accountsFetched(synced));
    for (const { account, fill } of accounts) {
      this.events.emit('ACCOUNT_SYNCED', subject, () => accountSynced(account, connection.lastUpdate, fill));
    }
    for (const { fill } of accounts) {
      if (this.events.isWanted('ACCOUNT_CATEGORIZED') && newTransactions(fill).length > 0) {
        this.events.emit('ACCOUNT_CATEGORIZED', subject, () => accountCategorized(fill));
      }
    }
    this.emitOptionalProducts(synced);
    this.emitFoundSubscriptions(connection);
    for (const one of subscriptions) {
      this.events.emit('SUBSCRIPTION_SYNCED', subject, () => subscriptionSynced(one, connection));
    }
  }

  /** Ownerships and attachments are optional products: nothing is computed without a registration. */
  private emitOptionalProducts({ connection, accounts }: SyncedConnection): void {
    const subject = { idUser: connection.idUser, idConnection: connection.id };
    const found = accounts.filter(({ fill }) => fill.afterId === null).map(({ account }) => account);
    if (found.length > 0) {
      this.events.emit('ACCOUNT_OWNERSHIPS_FOUND', subject, () =>
        accountOwnershipsFound(found, this.bankNameOf(connection)),
      );
    }
    for (const { account, fill } of accounts) {
      const newest = this.events.isWanted('TRANSACTION_ATTACHMENTS_FOUND')
        ? newTransactions(fill)[0]
        : undefined;
      if (newest !== undefined) {
        this.events.emit('TRANSACTION_ATTACHMENTS_FOUND', subject, () => attachmentsFound(account, newest));
      }
    }
  }

  /** The body of `ACCOUNT_OWNERSHIPS_FOUND` for every account of a connection. */
  ownershipsFound(connection: ConnectionRecord): WebhookPayload {
    return accountOwnershipsFound(this.store.accounts.ownedBy(connection.id), this.bankNameOf(connection));
  }

  private bankNameOf({ idConnector }: ConnectionRecord): string {
    return this.connectors.get(idConnector).name;
  }

  private emitFoundSubscriptions(connection: ConnectionRecord): void {
    for (const found of this.store.subscriptions.ownedBy(connection.id)) {
      if (found.isAnnounced !== true) {
        this.events.emit('SUBSCRIPTION_FOUND', found, () => subscriptionFound(found));
        this.store.subscriptions.put({ ...found, isAnnounced: true });
      }
    }
  }

  /** The next synchronisation sends only what is new since this one. */
  private markPushed({ connection, accounts }: SyncedConnection): ConnectionRecord {
    if (!this.events.isWanted('CONNECTION_SYNCED') && !this.events.isWanted('ACCOUNT_SYNCED')) {
      return connection;
    }
    accounts.forEach(({ account, fill }) => {
      const lastPushedId = newestTransactionId(account, fill.until);
      if (lastPushedId !== account.lastPushedId) {
        this.store.accounts.put({ ...account, lastPushedId });
      }
    });
    return this.store.connections.put({ ...connection, lastPush: this.store.clock.now() });
  }
}
