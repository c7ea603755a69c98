import { parisDate } from '../paris-date.js';
import { fields, id, UnexpectedShapeError } from '../wire-values.js';
import { amount, day, flag, isUnset, looseId, looseText, nameOf, recordsOf, word } from './bank-values.js';
import type {
  PowensAccount,
  PowensBalance,
  PowensDocument,
  PowensMovement,
  PowensTransaction,
} from './bank.types.js';
import { rawOf } from './plain-json.js';
import type { WireAccount, WireDocument, WireSubscription, WireTransaction } from './bank.wire.js';

// Strict where a wrong value would do harm (ids of the thing itself), tolerant elsewhere: one odd field of one account must not
// hide all accounts. An amount is exact or none; `raw` holds what came in its place.

/** Reads the item that was asked for by its id: an answer about another one is refused, as its parent may be of another connection. */
export function parseOneOf<T extends { readonly id: string }>(
  asked: string,
  parse: (body: unknown) => T,
): (body: unknown) => T {
  return (body) => {
    const item = parse(body);
    if (item.id !== asked) {
      throw new UnexpectedShapeError('id');
    }
    return item;
  };
}

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
    balance: amount(wire.balance),
    coming: amount(wire.coming),
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
    date: day(wire.date),
    realizedOn: day(wire.rdate),
    appliedOn: day(wire.application_date),
    valuedOn: day(wire.vdate),
    value: amount(wire.value),
    originalValue: amount(wire.original_value),
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
    dueOn: day(wire.duedate),
    totalAmount: amount(wire.total_amount),
    untaxedAmount: amount(wire.untaxed_amount),
    vat: amount(wire.vat),
    currency: word(wire.currency),
    hasFile: flag(wire.has_file, looseId(wire.id_file) !== null),
    deletedAt: parisDate(wire.deleted),
    lastUpdatedAt: parisDate(wire.last_update),
  };
}

/** Reads the balance of a period. */
export function parseBalance(body: unknown): PowensBalance {
  const wire = fields(body);
  return {
    minDate: day(wire['min_date']),
    maxDate: day(wire['max_date']),
    ...movementOf(wire),
    currencies: recordsOf(wire['currencies']).map((one) => ({
      currency: word(one['id']),
      ...movementOf(one),
    })),
    days: recordsOf(wire['daily_balances']).map((one) => ({
      date: day(one['date']),
      ...movementOf(one),
    })),
    raw: rawOf(wire),
  };
}

function movementOf(wire: Record<string, unknown>): PowensMovement {
  return {
    incomes: amount(wire['incomes']),
    expenses: amount(wire['expenses']),
    remains: amount(wire['remains']),
    balance: amount(wire['balance']),
  };
}
