import { Injectable } from '@nestjs/common';
import { accountObject } from '../../bank-data/account-object.js';
import { investmentsOf, marketOrdersOf, pocketsOf } from '../../bank-data/wealth-factory.js';
import type { TransactionWire } from '../../wire/bank/transaction.wire.js';
import { subscriptionToWire } from '../../wire/document.wire.js';
import { documentsOf } from '../../bank-data/document-factory.js';
import { attachmentOf } from '../../bank-data/attachments.js';
import { ownershipToWire } from '../../wire/bank/ownership.wire.js';
import { connectionToWire, sourceToWire } from '../../wire/connection.wire.js';
import { connectorToWire } from '../../wire/connector.wire.js';
import { ConnectorsService } from '../../connectors/connectors.service.js';
import type { AccountRecord, ConnectionRecord, SubscriptionRecord, UserRecord } from '../../store/records.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { TransactionFill } from '../../store/webhook.records.js';
import { userToWire } from '../../wire/user.wire.js';
import { newTransactions } from './transaction-filler.js';

/** A body whose transactions are still to be filled in, one fill for each empty list. */
export interface WebhookPayload {
  body: Record<string, unknown>;
  fills: TransactionFill[];
}

/** A connection and what a synchronisation of it found. */
export interface SyncedConnection {
  connection: ConnectionRecord;
  accounts: { account: AccountRecord; fill: TransactionFill }[];
  subscriptions: SubscriptionRecord[];
}

/**
 * The bodies of the events, as the provider writes them.
 *
 * @see protocol notes, section 7.2 and 12.8
 */
@Injectable()
export class WebhookPayloads {
  constructor(
    private readonly store: SandboxStore,
    private readonly connectors: ConnectorsService,
  ) {}

  /** `USER_CREATED` and `USER_DELETED`. */
  user(user: UserRecord): WebhookPayload {
    return whole({ ...userToWire(user) });
  }

  /** `USER_SYNCED`, deprecated: what `CONNECTION_SYNCED` says, of several connections. */
  userSynced(connections: readonly SyncedConnection[]): WebhookPayload {
    const parts = connections.map((one) => this.connectionSynced(one));
    return {
      body: {
        user: parts[0]?.body['user'] ?? null,
        connections: parts.map(({ body }) => body['connection']),
        total: parts.length,
      },
      fills: parts.flatMap(({ fills }) => fills),
    };
  }

  /** `CONNECTION_SYNCED`, of a synchronisation that went well or one that did not. */
  connectionSynced({ connection, accounts, subscriptions }: SyncedConnection): WebhookPayload {
    const hasFailed = connection.state !== null;
    const inside = {
      ...(hasFailed ? { last_update: null } : {}),
      accounts: accounts.map(({ account }) => ({
        ...accountObject(account, connection.lastUpdate),
        transactions: [],
        investments: investmentsIn(account, connection.lastUpdate),
        market_orders: marketOrdersOf(account),
      })),
      subscriptions: subscriptions.map((one) => subscriptionWithDocuments(one, connection)),
    };
    // One that failed brought no transactions: its lists stay empty.
    const fills = hasFailed ? [] : accounts.map(({ fill }) => fill);
    return { body: this.underUser(connection, inside), fills };
  }

  /** `ACCOUNTS_FETCHED`: the same, before any transaction. */
  accountsFetched({ connection, accounts }: SyncedConnection): WebhookPayload {
    const wires = accounts.map(({ account }) => accountObject(account, connection.lastUpdate));
    return whole(this.underUser(connection, { accounts: wires }));
  }

  /** `CONNECTION_DELETED`: the connection at the root. */
  connection(connection: ConnectionRecord): WebhookPayload {
    return whole(connectionToWire(connection, this.connectors.get(connection.idConnector)));
  }

  private underUser(connection: ConnectionRecord, inside: Record<string, unknown>): Record<string, unknown> {
    const user = this.store.users.get(connection.idUser);
    const connector = this.connectors.get(connection.idConnector);
    return {
      user: user === undefined ? null : userToWire(user),
      connection: {
        ...connectionToWire(connection, connector),
        connector: connectorToWire(connector),
        sources: this.store.sources.ownedBy(connection.id).map(sourceToWire),
        ...inside,
      },
    };
  }
}

/** `ACCOUNT_FOUND`. */
export function accountFound(account: AccountRecord): WebhookPayload {
  const { id, id_user, id_connection, disabled, type } = accountObject(account, null);
  return whole({ id, id_user, id_connection, disabled, type });
}

/** `ACCOUNT_ENABLED` and `ACCOUNT_DISABLED`. */
export function accountConsent(account: AccountRecord, lastUpdate: number | null): WebhookPayload {
  return whole(accountObject(account, lastUpdate));
}

/** `ACCOUNT_SYNCED`. */
export function accountSynced(
  account: AccountRecord,
  lastUpdate: number | null,
  fill: TransactionFill,
): WebhookPayload {
  const body = {
    ...accountObject(account, lastUpdate),
    transactions: [],
    investments: investmentsIn(account, lastUpdate),
  };
  return { body, fills: [fill] };
}

/** `ACCOUNT_CATEGORIZED`: only the transactions themselves say to which account they belong. */
export function accountCategorized(fill: TransactionFill): WebhookPayload {
  return whole({ transactions: newTransactions(fill) });
}

/** `ACCOUNT_OWNERSHIPS_FOUND`, of the accounts of one connection. */
export function accountOwnershipsFound(accounts: readonly AccountRecord[], bankName: string): WebhookPayload {
  return whole({ account_ownerships: accounts.map((account) => ownershipToWire(account, bankName)) });
}

/** `TRANSACTION_ATTACHMENTS_FOUND`, of one transaction. */
export function attachmentsFound(account: AccountRecord, transaction: TransactionWire): WebhookPayload {
  const { idConnection, id } = account;
  const attachments = [attachmentOf(transaction)];
  return whole({ id_connection: idConnection, id_account: id, id_transaction: transaction.id, attachments });
}

/** `SUBSCRIPTION_FOUND`. */
export function subscriptionFound({ id, idUser, idConnection }: SubscriptionRecord): WebhookPayload {
  return whole({ id, id_user: idUser, id_connection: idConnection });
}

/** `SUBSCRIPTION_SYNCED`. */
export function subscriptionSynced(
  subscription: SubscriptionRecord,
  connection: ConnectionRecord,
): WebhookPayload {
  return whole(subscriptionWithDocuments(subscription, connection));
}

/** The investments of an account, each with its pockets. */
function investmentsIn(account: AccountRecord, lastUpdate: number | null): Record<string, unknown>[] {
  const until = lastUpdate ?? account.createdAt;
  const pockets = pocketsOf(account, until);
  return investmentsOf(account, until).map((investment) => ({
    ...investment,
    pockets: pockets.filter((pocket) => pocket.id_investment === investment.id),
  }));
}

function subscriptionWithDocuments(
  subscription: SubscriptionRecord,
  connection: ConnectionRecord,
): Record<string, unknown> {
  return {
    ...subscriptionToWire(subscription, connection.lastUpdate),
    documents: documentsOf(subscription, connection.lastUpdate),
  };
}

function whole(body: Record<string, unknown>): WebhookPayload {
  return { body, fills: [] };
}
