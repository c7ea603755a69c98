import { describe, expect, it } from 'vitest';
import { RECORDED } from './__support__/recorded-shapes.js';
import type { Recorded } from './__support__/recorded-shapes.js';

/** 2026-03-14 in Paris, at its beginning. */
const DAY = new Date('2026-03-13T23:00:00Z');

/** What a parser says where a key holds nothing. */
const NOTHING: readonly unknown[] = [null, false, true, []];

/** Keys whose absence changes what is read from another: a connection has the uuid of its connector, too. */
const DERIVED: Readonly<Record<string, readonly string[]>> = {
  'BankAccount.disabled': ['isEnabled', 'disabledAt'],
  'Document.id_file': ['fileId', 'hasFile'],
};

const find = (name: string): Recorded => RECORDED.find((one) => one.name === name) as Recorded;

/** What was read, without the object as it came. */
function read({ parse }: Recorded, body: unknown): Record<string, unknown> {
  const { raw: _raw, ...properties } = parse(body) as Record<string, unknown>;
  return properties;
}

/** The properties in which two readings differ. */
function changedIn(one: Record<string, unknown>, other: Record<string, unknown>): string[] {
  return Object.keys(one).filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
}

const NULLABLE = RECORDED.flatMap((recorded) =>
  Object.entries(recorded.fields)
    .filter(([, field]) => field.isNullable === true || field.isOptional === true)
    .map(([key]) => ({ name: `${recorded.name}.${key}`, recorded, key })),
);

describe('what the library reads of Powens', () => {
  it.each(RECORDED)('should be every key that the reference has of $name', ({ fields, body }) => {
    expect(Object.keys(body).sort()).toEqual(Object.keys(fields).sort());
  });

  it.each(NULLABLE)('should be the rest where $name is null', ({ name, recorded, key }) => {
    const whole = read(recorded, recorded.body);
    const without = read(recorded, { ...recorded.body, [key]: null });
    const changed = changedIn(whole, without);
    expect(changed.length).toBeLessThanOrEqual((DERIVED[name] ?? ['one']).length);
    expect(changed.map((property) => without[property]).filter((value) => !isNothing(value))).toEqual([]);
  });

  it.each(NULLABLE)('should be the same where $name is missing', ({ recorded, key }) => {
    const { [key]: _left, ...without } = recorded.body;
    expect(read(recorded, without)).toEqual(read(recorded, { ...recorded.body, [key]: null }));
  });

  it.each(RECORDED)('should be the same where $name has a key that nobody knows', (recorded) => {
    const body = { ...recorded.body, future_key: { inside: [1] }, __proto__: { polluted: true } };
    expect(read(recorded, body)).toEqual(read(recorded, recorded.body));
    const { raw } = (recorded.parse(body) ?? {}) as { raw?: Record<string, unknown> };
    expect(raw === undefined || 'future_key' in raw).toBe(true);
  });

  it.each([
    ['BankAccount', 'currency', 'EUR', { currency: 'EUR' }],
    ['BankAccount', 'type', { id: 2, name: 'checking' }, { type: 'checking' }],
    ['BankAccount', 'type', { name: 'checking' }, { type: 'checking' }],
    ['BankAccount', 'bookmarked', true, {}],
    ['BankAccount', 'number', 12345678, { number: '12345678' }],
    ['BankAccount', 'balance', '1523.45', { balance: '1523.45' }],
    ['BankAccount', 'disabled', false, { isEnabled: true, disabledAt: null }],
    ['BankAccount', 'last_update', '2026-03-14', { lastUpdatedAt: DAY }],
    ['BankAccount', 'deleted', '2026-03-14', { deletedAt: DAY }],
    ['BankAccount', 'disabled', '2026-03-14', { isEnabled: false, disabledAt: DAY }],
    ['Transaction', 'deleted', '2026-03-14', { deletedAt: DAY }],
    ['Document', 'deleted', '2026-03-14', { deletedAt: DAY }],
    ['Investment', 'deleted', '2026-03-14', { deletedAt: DAY }],
    ['Pocket', 'deleted', '2026-03-14', { deletedAt: DAY }],
    ['MarketOrder', 'execution_date', '2026-03-14', { executedAt: DAY }],
    ['BankAccount', 'last_update', '2026-03-14T10:27:40', { lastUpdatedAt: at('09:27:40') }],
    ['BankAccount', 'last_update', '2026-03-14 10:27:40 +0200', { lastUpdatedAt: at('09:27:40') }],
    ['BankAccount', 'last_update', '2026-03-14 10:27:40.351997', { lastUpdatedAt: at('09:27:40.351') }],
    ['Transaction', 'id', '980001', { id: '980001' }],
    ['Transaction', 'original_currency', 'USD', { originalCurrency: 'USD' }],
    ['Transaction', 'categories', null, { categories: [] }],
    ['Transaction', 'coming', 1, { isComing: true }],
    ['Transaction', 'value', 1e-7, { value: '0.0000001' }],
    ['Document', 'date', '2026-02-28', { date: '2026-02-28' }],
    ['Document', 'duedate', '2026-03-15 00:00:00', { dueOn: '2026-03-15' }],
    ['Transaction', 'date', '2026-03-13 00:00:00', { date: '2026-03-13' }],
    ['Transaction', 'rdate', '2026-03-12T00:00:00', { realizedOn: '2026-03-12' }],
    ['Transaction', 'vdate', '2026-03-14 08:00:00', { valuedOn: '2026-03-14' }],
    ['Transaction', 'application_date', '2026-03-13 00:00:00', { appliedOn: '2026-03-13' }],
    ['Investment', 'vdate', '2026-03-13 00:00:00', { valuedOn: '2026-03-13' }],
    ['Pocket', 'availability_date', '2030-01-01 00:00:00', { availableOn: '2030-01-01' }],
    ['LoanAmortization', 'payment_date', '2026-03-05 00:00:00', { paidOn: '2026-03-05' }],
    ['BalanceGroup', 'min_date', '2026-03-01 00:00:00', { minDate: '2026-03-01' }],
    ['Document', 'currency', 'EUR', { currency: 'EUR' }],
    ['Connection', 'state', '', { state: null }],
    ['Connection', 'state', 'null', { state: null }],
    ['Connection', 'connector', null, { connectorName: null }],
    ['Connector', 'hidden', 0, { isHidden: false }],
    ['MarketOrder', 'order_direction', 'SALE', { direction: 'SALE' }],
    ['LoanAmortization', 'interest_amount', null, { interest: null }],
    ['BalanceGroup', 'currencies', null, { currencies: [] }],
    ['Currency', 'precision', '2', { precision: null }],
    ['AccountType', 'is_invest', 1, { isInvestment: true }],
    ['AccountOwnership', 'parties', null, { parties: [] }],
  ] as const)('should read %s.%s of another type seen in the field: %j', (name, key, value, expected) => {
    const recorded = find(name);
    expect(recorded.parse({ ...recorded.body, [key]: value })).toMatchObject(expected);
  });

  it('should read the person of a connection in the form of an older page, too', () => {
    const identity = { full_name: 'A B', first_name: 'A', last_name: 'B', civility: 'MRS' };
    const older = { id_connection: 1187, identity };
    expect(find('OwnerIdentity').parse(older)).toMatchObject({ fullName: 'A B', lastName: 'B' });
  });

  it.each(['SCARequired', 'webauthRequired', 'validating', 'notSupported', 'a state of tomorrow'])(
    'should keep the state %s',
    (state) => {
      const recorded = find('Connection');
      expect(recorded.parse({ ...recorded.body, state })).toMatchObject({ state });
    },
  );
});

function isNothing(value: unknown): boolean {
  return NOTHING.some((nothing) => JSON.stringify(nothing) === JSON.stringify(value));
}

function at(time: string): Date {
  return new Date(`2026-03-14T${time}Z`);
}
