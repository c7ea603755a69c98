import { LongDecimal } from '../../values/json/exact-json.js';
import { parisDate } from '../paris-date.js';
import { fields, id, isRecord } from '../wire-values.js';
import { amount, day, looseId, looseText, nameOf, word } from './bank-values.js';
import { rawOf } from './plain-json.js';
import type {
  PowensAmortization,
  PowensInvestment,
  PowensMarketOrder,
  PowensMoney,
  PowensPocket,
} from './wealth.types.js';

// As strict as the parsers of accounts: ids of the thing itself are exact or an error, amounts exact or none, everything else is
// tolerated. The field names are those of the reference; `raw` holds the rest.

/** Reads an investment. */
export function parseInvestment(body: unknown): PowensInvestment {
  const wire = fields(body);
  return {
    ...itemOf(wire),
    label: looseText(wire['label']),
    code: looseText(wire['code']),
    codeType: word(wire['code_type']),
    quantity: amount(wire['quantity']),
    unitPrice: amount(wire['unitprice']),
    unitValue: amount(wire['unitvalue']),
    valuation: amount(wire['valuation']),
    difference: amount(wire['diff']),
    portfolioShare: amount(wire['portfolio_share']),
    originalCurrency: word(wire['original_currency']),
    originalValuation: amount(wire['original_valuation']),
    valuedOn: day(wire['vdate']),
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
    quantity: amount(wire['quantity']),
    value: amount(wire['value']),
    condition: word(wire['condition']),
    availableOn: day(wire['availability_date']),
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
    quantity: amount(wire['quantity']),
    unitPrice: amount(wire['unitprice']),
    unitValue: amount(wire['unitvalue']),
    orderValue: amount(wire['ordervalue']),
    amount: amount(wire['amount']),
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
    paidOn: day(wire['payment_date']),
    capital: money(wire['amortization_amount']),
    interest: money(wire['interest_amount']),
    insurance: money(wire['insurance_amount']),
    total: money(wire['total_payment_amount']),
    remainingCapital: money(wire['remaining_capital']),
    period: word(wire['period']),
    deletedAt: parisDate(wire['deleted']),
    lastUpdatedAt: parisDate(wire['last_update']),
    raw: rawOf(wire),
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

/** An amount with its currency; a bare amount has none. */
function money(value: unknown): PowensMoney | null {
  if (value === undefined || value === null) {
    return null;
  }
  return isRecord(value) && !(value instanceof LongDecimal)
    ? { currency: word(fields(value)['currency']), value: amount(fields(value)['value']) }
    : { currency: null, value: amount(value) };
}
