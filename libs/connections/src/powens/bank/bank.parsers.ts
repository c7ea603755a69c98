import { parisDate } from '../paris-date.js';
import { fields, id, UnexpectedShapeError } from '../wire-values.js';
import {
  amount,
  day,
  flag,
  isUnset,
  looseId,
  looseText,
  nameOf,
  recordsOf,
  word,
  words,
} from './bank-values.js';
import type {
  PowensAccount,
  PowensAccountType,
  PowensConnector,
  PowensCurrency,
  PowensDocument,
  PowensTransaction,
} from './bank.types.js';
import { rawOf } from './plain-json.js';
import type {
  WireAccount,
  WireConnector,
  WireDocument,
  WireSubscription,
  WireTransaction,
} from './bank.wire.js';

// Strict where a wrong value would do harm (ids of the thing itself, amounts), tolerant elsewhere: one odd field of one
// account must not hide all accounts.

/** Reads an account. */
export function parseAccount(body: unknown): PowensAccount {
  const wire: WireAccount = fields(body);
  return {
    id: id(wire.id, 'id'),
    powensConnectionId: looseId(wire.id_connection),
    parentId: looseId(wire.id_parent),
    name: looseText(wire.name),
    originalName: looseText(wire.original_name),
    number: looseText(wire.number),
    iban: looseText(wire.iban),
    type: nameOf(wire.type),
    usage: word(wire.usage),
    ownership: word(wire.ownership),
    companyName: looseText(wire.company_name),
    balance: amount(wire.balance, 'balance'),
    coming: amount(wire.coming, 'coming'),
    currency: word(wire.currency),
    // Not of the date: one that cannot be read must not make a consent.
    isEnabled: isUnset(wire.disabled),
    disabledAt: parisDate(wire.disabled),
    deletedAt: parisDate(wire.deleted),
    lastUpdatedAt: parisDate(wire.last_update),
    error: looseText(wire.error),
    raw: rawOf(wire),
  };
}

/** Reads a transaction. */
export function parseTransaction(body: unknown): PowensTransaction {
  const wire: WireTransaction = fields(body);
  return {
    id: id(wire.id, 'id'),
    accountId: id(wire.id_account, 'id_account'),
    date: looseText(wire.date),
    realizedOn: looseText(wire.rdate),
    appliedOn: looseText(wire.application_date),
    valuedOn: looseText(wire.vdate),
    value: amount(wire.value, 'value'),
    originalValue: amount(wire.original_value, 'original_value'),
    originalCurrency: word(wire.original_currency),
    type: word(wire.type),
    wording: looseText(wire.wording),
    originalWording: looseText(wire.original_wording),
    simplifiedWording: looseText(wire.simplified_wording),
    comment: looseText(wire.comment),
    categories: recordsOf(wire.categories).map((one) => ({
      code: looseText(one['code']),
      parentCode: looseText(one['parent_code']),
    })),
    isComing: flag(wire.coming, false),
    isActive: flag(wire.active, true),
    deletedAt: parisDate(wire.deleted),
    lastUpdatedAt: parisDate(wire.last_update),
    raw: rawOf(wire),
  };
}

/** Reads which connection a contract came with. */
export function parseSubscription(body: unknown): {
  readonly id: string;
  readonly powensConnectionId: string | null;
} {
  const wire: WireSubscription = fields(body);
  return { id: id(wire.id, 'id'), powensConnectionId: looseId(wire.id_connection) };
}

/** Reads a document. */
export function parseDocument(body: unknown): PowensDocument {
  const wire: WireDocument = fields(body);
  return {
    id: id(wire.id, 'id'),
    subscriptionId: looseId(wire.id_subscription),
    fileId: looseId(wire.id_file),
    name: looseText(wire.name),
    number: looseText(wire.number),
    type: word(wire.type),
    date: day(wire.date),
    dueOn: looseText(wire.duedate),
    totalAmount: amount(wire.total_amount, 'total_amount'),
    untaxedAmount: amount(wire.untaxed_amount, 'untaxed_amount'),
    vat: amount(wire.vat, 'vat'),
    currency: word(wire.currency),
    hasFile: flag(wire.has_file, looseId(wire.id_file) !== null),
    deletedAt: parisDate(wire.deleted),
    lastUpdatedAt: parisDate(wire.last_update),
  };
}

/** Reads a type of accounts. */
export function parseAccountType(body: unknown): PowensAccountType {
  const wire = fields(body);
  return {
    id: id(wire['id'], 'id'),
    name: looseText(wire['name']),
    parentId: looseId(wire['id_parent']),
    displayName: looseText(wire['display_name']),
    displayNamePlural: looseText(wire['display_name_p']),
    isInvestment: flag(wire['is_invest'], false),
  };
}

/** Reads a currency, whose id is a code. */
export function parseCurrency(body: unknown): PowensCurrency {
  const wire = fields(body);
  const code = word(wire['id']);
  if (code === null) {
    throw new UnexpectedShapeError('id');
  }
  const { precision } = wire;
  return {
    id: code,
    name: looseText(wire['name']),
    symbol: looseText(wire['symbol']),
    precision: typeof precision === 'number' && Number.isInteger(precision) ? precision : null,
    isSymbolFirst: flag(wire['prefix'], false),
    isCrypto: flag(wire['crypto'], false),
  };
}

/** Reads a connector. */
export function parseConnector(body: unknown): PowensConnector {
  const wire: WireConnector = fields(body);
  return {
    id: id(wire.id, 'id'),
    uuid: looseText(wire.uuid),
    name: looseText(wire.name),
    slug: looseText(wire.slug),
    color: looseText(wire.color),
    capabilities: words(wire.capabilities),
    products: words(wire.products),
    authMechanism: word(wire.auth_mechanism),
    accountUsages: words(wire.account_usages),
    isBeta: flag(wire.beta, false),
    isHidden: flag(wire.hidden, false),
    isRestricted: flag(wire.restricted, false),
  };
}
