import { parisDate } from '../paris-date.js';
import { fields, id, isRecord } from '../wire-values.js';
import { amount, flag, looseId, looseText, word } from './bank-values.js';
import { plainJson } from './plain-json.js';
import type {
  PowensAccountOwnership,
  PowensAmortization,
  PowensBalance,
  PowensIdentity,
  PowensInvestment,
  PowensMarketOrder,
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
    direction: word(wire['direction']),
    type: word(wire['order_type']),
    state: word(wire['state']),
    quantity: amount(wire['quantity'], 'quantity'),
    unitPrice: amount(wire['unitprice'], 'unitprice'),
    unitValue: amount(wire['unitvalue'], 'unitvalue'),
    amount: amount(wire['amount'], 'amount'),
    currency: word(wire['currency']),
    orderedAt: parisDate(wire['date']),
    executedAt: parisDate(wire['execution_date']),
    validUntil: looseText(wire['validity_date']),
    deletedAt: parisDate(wire['deleted']),
  };
}

/** Reads a payment of a loan. */
export function parseAmortization(body: unknown): PowensAmortization {
  const wire = fields(body);
  return {
    ...itemOf(wire),
    date: looseText(wire['date']),
    amount: amount(wire['amount'], 'amount'),
    capital: amount(wire['capital'], 'capital'),
    interest: amount(wire['interest'], 'interest'),
    insurance: amount(wire['insurance'], 'insurance'),
    remainingCapital: amount(wire['remaining_capital'], 'remaining_capital'),
  };
}

/** Reads the balance of a period. */
export function parseBalance(body: unknown): PowensBalance {
  const wire = fields(body);
  return {
    startDate: looseText(wire['start_date']),
    endDate: looseText(wire['end_date']),
    income: amount(wire['income'], 'income'),
    outcome: amount(wire['outcome'], 'outcome'),
    balance: amount(wire['balance'], 'balance'),
    currency: word(wire['currency']),
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
  };
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

function rawOf(wire: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return plainJson({ ...wire }) as Readonly<Record<string, unknown>>;
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord).map(fields) : [];
}

function flagOrNull(value: unknown): boolean | null {
  return typeof value === 'boolean' || typeof value === 'number' ? flag(value, false) : null;
}
