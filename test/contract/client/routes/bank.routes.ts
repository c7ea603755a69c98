import {
  ACCOUNT_TYPE,
  ACCOUNT_TYPES,
  BALANCES,
  BANK_ACCOUNT,
  BANK_ACCOUNTS,
  CURRENCIES,
  OWNERSHIPS,
} from '../objects/accounts.js';
import { DOCUMENT, DOCUMENTS, DOCUMENT_TYPES, SUBSCRIPTION, SUBSCRIPTIONS } from '../objects/documents.js';
import { TRANSACTION, TRANSACTIONS } from '../objects/transactions.js';
import {
  AMORTIZATIONS,
  INDICATORS,
  INVESTMENT,
  INVESTMENTS,
  INVESTMENT_VALUES,
  MARKET_ORDER,
  MARKET_ORDERS,
  POCKET,
  POCKETS,
} from '../objects/wealth.js';
import { owned, routes, scoped, updates } from '../route.js';

const NOBODY = { who: 'nobody' } as const;
const ACCOUNT_LISTS = owned('/accounts', '/connections/{connection}/accounts');
const ACCOUNT_ITEMS = ACCOUNT_LISTS.map((path) => `${path}/{account}`);
const SUBSCRIPTION_LISTS = owned('/subscriptions', '/connections/{connection}/subscriptions');
const SUBSCRIPTION_ITEMS = SUBSCRIPTION_LISTS.map((path) => `${path}/{subscription}`);
const TRANSACTION_ITEMS = owned('/transactions/{transaction}');
const DOCUMENT_ITEMS = owned('/documents/{document}');

/** `products/data-aggregation`, `products/wealth-aggregation` and `products/documents-aggregation`. */
export const BANK_ROUTES = [
  ...routes('GET', '/account_types', ACCOUNT_TYPES, NOBODY),
  ...routes('GET', '/account_types/{accountType}', ACCOUNT_TYPE, NOBODY),
  ...routes('GET', '/currencies', CURRENCIES, NOBODY),
  ...routes('GET', ACCOUNT_LISTS, BANK_ACCOUNTS),
  ...routes('GET', ACCOUNT_ITEMS, BANK_ACCOUNT),
  ...updates(ACCOUNT_ITEMS, BANK_ACCOUNT),
  ...routes(
    'GET',
    owned('/accounts/{account}/balances', '/connections/{connection}/accounts/{account}/balances'),
    BALANCES,
  ),
  ...routes('GET', owned('/account_ownerships', '/connections/{connection}/account_ownerships'), OWNERSHIPS),
  ...routes('GET', scoped('transactions'), TRANSACTIONS),
  ...routes('GET', TRANSACTION_ITEMS, TRANSACTION),
  ...updates(TRANSACTION_ITEMS, TRANSACTION),
  ...routes('GET', owned('/transactions/{transaction}/attachments'), TRANSACTION),
  ...routes('GET', owned('/transactions/{transaction}/documents'), DOCUMENTS),
  ...routes('GET', owned('/transactions/{transaction}/attachments/{attachment}/file'), 'pdf'),
  ...routes('GET', scoped('investments'), INVESTMENTS),
  ...routes('GET', owned('/investments/{investment}'), INVESTMENT),
  ...routes('GET', owned('/investments/{investment}/history'), INVESTMENT_VALUES),
  ...routes('GET', [...scoped('pockets'), ...owned('/investments/{investment}/pockets')], POCKETS),
  ...routes('GET', owned('/pockets/{pocket}'), POCKET),
  ...routes('GET', scoped('marketorders'), MARKET_ORDERS),
  ...routes('GET', owned('/marketorders/{marketOrder}'), MARKET_ORDER),
  ...routes('GET', scoped('amortizations'), AMORTIZATIONS),
  ...routes('GET', '/users/{user}/indicators', INDICATORS),
  ...routes('GET', SUBSCRIPTION_LISTS, SUBSCRIPTIONS),
  ...routes('GET', SUBSCRIPTION_ITEMS, SUBSCRIPTION),
  ...updates(SUBSCRIPTION_ITEMS, SUBSCRIPTION),
  ...routes('GET', '/documenttypes', DOCUMENT_TYPES, NOBODY),
  ...routes(
    'GET',
    [
      ...owned('/documents', '/connections/{connection}/documents'),
      ...SUBSCRIPTION_ITEMS.map((path) => `${path}/documents`),
    ],
    DOCUMENTS,
  ),
  ...routes('GET', DOCUMENT_ITEMS, DOCUMENT),
  ...updates(DOCUMENT_ITEMS, DOCUMENT),
  ...routes('GET', owned('/documents/{document}/file'), 'pdf'),
];
