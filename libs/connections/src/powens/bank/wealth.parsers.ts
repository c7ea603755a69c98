import { LongDecimal } from '../../values/json/exact-json.js';
import { parisDate } from '../paris-date.js';
import { fields, id, isRecord } from '../wire-values.js';
import { amount, flag, looseId, looseText, nameOf, recordsOf, word } from './bank-values.js';
import { rawOf } from './plain-json.js';
import type {
  PowensAccountOwnership,
  PowensAmortization,
  PowensBalance,
  PowensIdentity,
  PowensInvestment,
  PowensMarketOrder,
  PowensMoney,
  PowensMovement,
  PowensPocket,
} from './wealth.types.js';

// As strict as the parsers of accounts: ids of the thing itself and amounts are exact or an error, everything else is
// tolerated. The field names are those of the reference; `raw` holds the rest.

/** Reads an investment. */
export function parseInvestment(body: unknown): PowensInvestment {
  const wire = fields(body);
  return {
    ...itemOf(wire),
    label: looseText(wire['label']),
    code: looseText(wire['code']),
    codeType: word(wire['code_type']),
    quantity: amount(wire['quantity'], 'quantity'),
    unitPrice: amount(wire['unitprice'], 'unitprice'),
    unitValue: amount(wire['unitvalue'], 'unitvalue'),
    valuation: amount(wire['valuation'], 'valuation'),
    difference: amount(wire['diff'], 'diff'),
    portfolioShare: amount(wire['portfolio_share'], 'portfolio_share'),
    originalCurrency: word(wire['original_currency']),
    originalValuation: amount(wire['original_valuation'], 'original_valuation'),
    valuedOn: looseText(wire['vdate']),
    deletedAt: parisDate(wire['deleted']),
  };
}

/** Reads a pocket. */
export function parsePocket(body: unknown): PowensPocket {
  const wire = fields(body);
  return {
    ...itemOf(wire),
    investmentId: looseId(wire['id_investment']),
    label: looseText(wire['label']),
    quantity: amount(wire['quantity'], 'quantity'),
    value: amount(wire['value'], 'value'),
    condition: word(wire['condition']),
    availableOn: looseText(wire['availability_date']),
    deletedAt: parisDate(wire['deleted']),
  };
}

/** Reads a market order. */
export function parseMarketOrder(body: unknown): PowensMarketOrder {
  const wire = fields(body);
  return {
    ...itemOf(wire),
    number: looseText(wire['number']),
    label: looseText(wire['label']),
    code: looseText(wire['code']),
    direction: nameOf(wire['order_direction']),
    type: nameOf(wire['order_type']),
    state: word(wire['state']),
    quantity: amount(wire['quantity'], 'quantity'),
    unitPrice: amount(wire['unitprice'], 'unitprice'),
    unitValue: amount(wire['unitvalue'], 'unitvalue'),
    orderValue: amount(wire['ordervalue'], 'ordervalue'),
    amount: amount(wire['amount'], 'amount'),
    orderedAt: parisDate(wire['date']),
    executedAt: parisDate(wire['execution_date']),
    validUntil: parisDate(wire['validity_date']),
    deletedAt: parisDate(wire['deleted']),
  };
}

/** Reads a payment of a loan. */
export function parseAmortization(body: unknown): PowensAmortization {
  const wire = fields(body);
  return {
    accountId: id(wire['id_account'], 'id_account'),
    paidOn: looseText(wire['payment_date']),
    capital: money(wire['amortization_amount'], 'amortization_amount'),
    interest: money(wire['interest_amount'], 'interest_amount'),
    insurance: money(wire['insurance_amount'], 'insurance_amount'),
    total: money(wire['total_payment_amount'], 'total_payment_amount'),
    remainingCapital: money(wire['remaining_capital'], 'remaining_capital'),
    period: word(wire['period']),
    deletedAt: parisDate(wire['deleted']),
    lastUpdatedAt: parisDate(wire['last_update']),
    raw: rawOf(wire),
  };
}

/** Reads the balance of a period. */
export function parseBalance(body: unknown): PowensBalance {
  const wire = fields(body);
  return {
    minDate: looseText(wire['min_date']),
    maxDate: looseText(wire['max_date']),
    ...movementOf(wire),
    currencies: recordsOf(wire['currencies']).map((one) => ({
      currency: word(one['id']),
      ...movementOf(one),
    })),
    days: recordsOf(wire['daily_balances']).map((one) => ({
      date: looseText(one['date']),
      ...movementOf(one),
    })),
    raw: rawOf(wire),
  };
}

/** Reads the holders of an account. */
export function parseOwnership(body: unknown): PowensAccountOwnership {
  const wire = fields(body);
  return {
    accountId: id(wire['id_account'], 'id_account'),
    powensConnectionId: looseId(wire['id_connection']),
    name: looseText(wire['name']),
    bankName: looseText(wire['bank_name']),
    usage: word(wire['usage']),
    hasMultipleHolders: flagOrNull(wire['multiple_holders']),
    identifications: recordsOf(wire['identifications']).map((one) => ({
      scheme: word(one['scheme_name']),
      value: looseText(one['identification']),
    })),
    parties: recordsOf(wire['parties']).map((one) => ({
      role: word(one['role']),
      identity: parseIdentity(one['identity']),
    })),
    raw: rawOf(wire),
  };
}

/** Reads a person; null where Powens names none. */
export function parseIdentity(body: unknown): PowensIdentity | null {
  if (!isRecord(body)) {
    return null;
  }
  const wire = fields(body);
  return {
    fullName: looseText(wire['full_name']),
    firstName: looseText(wire['first_name']),
    lastName: looseText(wire['last_name']),
    civility: word(wire['civility']),
    birthDate: looseText(wire['birth_date']),
    isUser: flagOrNull(wire['is_user']),
    raw: rawOf(wire),
  };
}

/** Reads the person behind a connection: below `identity`, or the answer itself. */
export function parseOwnerIdentity(body: unknown): PowensIdentity | null {
  const wire = fields(body);
  return parseIdentity('identity' in wire ? wire['identity'] : 'full_name' in wire ? wire : null);
}

interface Item {
  readonly id: string;
  readonly accountId: string;
  readonly lastUpdatedAt: Date | null;
  readonly raw: Readonly<Record<string, unknown>>;
}

function itemOf(wire: Record<string, unknown>): Item {
  return {
    id: id(wire['id'], 'id'),
    accountId: id(wire['id_account'], 'id_account'),
    lastUpdatedAt: parisDate(wire['last_update']),
    raw: rawOf(wire),
  };
}

function movementOf(wire: Record<string, unknown>): PowensMovement {
  return {
    incomes: amount(wire['incomes'], 'incomes'),
    expenses: amount(wire['expenses'], 'expenses'),
    remains: amount(wire['remains'], 'remains'),
    balance: amount(wire['balance'], 'balance'),
  };
}

/** An amount with its currency; a bare amount has none. */
function money(value: unknown, field: string): PowensMoney | null {
  if (value === undefined || value === null) {
    return null;
  }
  return isRecord(value) && !(value instanceof LongDecimal)
    ? { currency: word(fields(value)['currency']), value: amount(fields(value)['value'], field) }
    : { currency: null, value: amount(value, field) };
}

function flagOrNull(value: unknown): boolean | null {
  return typeof value === 'boolean' || typeof value === 'number' ? flag(value, false) : null;
}
