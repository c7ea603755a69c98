import { dateTime, id, integer, listOf, nullable, object, text } from '../shape.js';
import type { ObjectShape } from '../shape.js';
import { BANK_ACCOUNT, OWNERSHIP } from './accounts.js';
import { CONNECTION, CONNECTION_SOURCE } from './connections.js';
import { CONNECTOR } from './connectors.js';
import { DOCUMENT, SUBSCRIPTION } from './documents.js';
import { ATTACHMENT, TRANSACTION } from './transactions.js';
import { USER } from './users.js';
import { INVESTMENT, MARKET_ORDER, POCKET } from './wealth.js';

/** Every body has it: what a receiver tells repetitions by. */
const NUMBER = { id_webhook_data: id };

const INVESTMENTS = listOf(object('Investment', { ...INVESTMENT.fields, pockets: listOf(POCKET) }));

const SYNCED_ACCOUNT = {
  ...BANK_ACCOUNT.fields,
  transactions: listOf(TRANSACTION),
  investments: INVESTMENTS,
};

const SYNCED_SUBSCRIPTION = { ...SUBSCRIPTION.fields, documents: listOf(DOCUMENT) };

const UNDER_USER = { ...CONNECTION.fields, connector: CONNECTOR, sources: listOf(CONNECTION_SOURCE) };

const SYNCED_CONNECTION = object('Connection', {
  ...UNDER_USER,
  accounts: listOf(object('BankAccount', { ...SYNCED_ACCOUNT, market_orders: listOf(MARKET_ORDER) })),
  subscriptions: listOf(object('Subscription', SYNCED_SUBSCRIPTION)),
});

const FETCHED_CONNECTION = object('Connection', { ...UNDER_USER, accounts: listOf(BANK_ACCOUNT) });

const account = object('BankAccount', { ...BANK_ACCOUNT.fields, ...NUMBER });
const user = object('User', { ...USER.fields, ...NUMBER });

/** The bodies of the webhooks, by event: of the "Webhooks" parts of the pages of their resources. */
export const EVENTS: Readonly<Record<string, ObjectShape<never>>> = {
  USER_CREATED: user,
  USER_DELETED: user,
  USER_SYNCED: object('UserSynced', {
    user: USER,
    connections: listOf(SYNCED_CONNECTION),
    total: integer,
    ...NUMBER,
  }),
  CONNECTION_SYNCED: object('ConnectionSynced', { user: USER, connection: SYNCED_CONNECTION, ...NUMBER }),
  CONNECTION_DELETED: object('Connection', { ...CONNECTION.fields, ...NUMBER }),
  ACCOUNTS_FETCHED: object('AccountsFetched', { user: USER, connection: FETCHED_CONNECTION, ...NUMBER }),
  ACCOUNT_FOUND: object('AccountFound', {
    ...{ id, id_user: nullable(id), id_connection: nullable(id), disabled: dateTime, type: text },
    ...NUMBER,
  }),
  ACCOUNT_SYNCED: object('BankAccount', { ...SYNCED_ACCOUNT, ...NUMBER }),
  ACCOUNT_CATEGORIZED: object('AccountCategorized', { transactions: listOf(TRANSACTION), ...NUMBER }),
  ACCOUNT_ENABLED: account,
  ACCOUNT_DISABLED: account,
  ACCOUNT_OWNERSHIPS_FOUND: object('Ownerships', { account_ownerships: listOf(OWNERSHIP), ...NUMBER }),
  TRANSACTION_ATTACHMENTS_FOUND: object('Attachments', {
    ...{ id_connection: id, id_account: id, id_transaction: id, attachments: listOf(ATTACHMENT) },
    ...NUMBER,
  }),
  SUBSCRIPTION_FOUND: object('SubscriptionFound', { id, id_user: id, id_connection: id, ...NUMBER }),
  SUBSCRIPTION_SYNCED: object('Subscription', { ...SYNCED_SUBSCRIPTION, ...NUMBER }),
} as unknown as Readonly<Record<string, ObjectShape<never>>>;
