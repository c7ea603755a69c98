import { ACCESS_TOKEN, AUTH_CODE, AUTH_TOKEN, JWT, JWT_PAYLOAD, SERVICE_TOKEN } from './auth.wire.js';
import { ACCOUNT_TYPE } from './bank/account-type.wire.js';
import { ACCOUNT, LOAN } from './bank/account.wire.js';
import { CURRENCY } from './bank/currency.wire.js';
import {
  IDENTIFICATION,
  OWNERSHIP,
  OWNER_IDENTITY,
  PARTY,
  PARTY_IDENTITY,
  POSTAL_ADDRESS,
} from './bank/ownership.wire.js';
import { ATTACHMENT, COUNTERPARTY, TRANSACTION, TRANSACTION_CATEGORY } from './bank/transaction.wire.js';
import {
  AMORTIZATION,
  BALANCE,
  BALANCE_CURRENCY,
  DAILY_BALANCE,
  INVESTMENT,
  INVESTMENT_VALUE,
  MARKET_ORDER,
  MONETARY_AMOUNT,
  ORDER_WORD,
  POCKET,
} from './bank/wealth.wire.js';
import { CLIENT } from './client.wire.js';
import { CONNECTION, CONNECTION_SOURCE } from './connection.wire.js';
import { CONNECTOR, CONNECTOR_FIELD, CONNECTOR_SOURCE, COUNTRY, FIELD_VALUE } from './connector.wire.js';
import { DOCUMENT, DOCUMENT_TYPE, SUBSCRIPTION } from './document.wire.js';
import { PUBLIC_KEY, SIGN_KEY } from './key.wire.js';
import type { Fields, Resource } from './table/field.js';
import { CONNECTION_INFORMATION, INFORMATION_OWNER, PROFILE } from './profile.wire.js';
import { USER } from './user.wire.js';
import { AUTH_PROVIDER, WEBHOOK, WEBHOOK_EVENT, WEBHOOK_LOG } from './webhook.wire.js';

/** The table of everything the sandbox writes: each resource with its fields, its source and how sure that is. */
export const RESOURCES: readonly Resource<Fields>[] = [
  ...[AUTH_TOKEN, AUTH_CODE, ACCESS_TOKEN, SERVICE_TOKEN, JWT, JWT_PAYLOAD],
  ...[USER, CLIENT, CONNECTION, CONNECTION_SOURCE, CONNECTOR, CONNECTOR_FIELD, FIELD_VALUE, CONNECTOR_SOURCE],
  ...[COUNTRY, CURRENCY, ACCOUNT, ACCOUNT_TYPE, LOAN, AMORTIZATION, MONETARY_AMOUNT],
  ...[BALANCE, BALANCE_CURRENCY, DAILY_BALANCE],
  ...[TRANSACTION, TRANSACTION_CATEGORY, COUNTERPARTY, ATTACHMENT],
  ...[INVESTMENT, INVESTMENT_VALUE, POCKET, MARKET_ORDER, ORDER_WORD],
  ...[OWNERSHIP, OWNER_IDENTITY, PARTY, PARTY_IDENTITY, POSTAL_ADDRESS, IDENTIFICATION],
  ...[SUBSCRIPTION, DOCUMENT, DOCUMENT_TYPE, PROFILE, CONNECTION_INFORMATION, INFORMATION_OWNER],
  ...[WEBHOOK, WEBHOOK_EVENT, WEBHOOK_LOG, AUTH_PROVIDER, PUBLIC_KEY, SIGN_KEY],
];
