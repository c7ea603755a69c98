import * as accounts from '../../../../../test/contract/client/objects/accounts.js';
import { CONNECTION, OWNER_IDENTITY } from '../../../../../test/contract/client/objects/connections.js';
import { CONNECTOR } from '../../../../../test/contract/client/objects/connectors.js';
import { DOCUMENT } from '../../../../../test/contract/client/objects/documents.js';
import { TRANSACTION } from '../../../../../test/contract/client/objects/transactions.js';
import { USER } from '../../../../../test/contract/client/objects/users.js';
import * as wealth from '../../../../../test/contract/client/objects/wealth.js';
import { parseConnection, parseUser } from '../powens.parsers.js';
import { parseAccount, parseBalance, parseDocument, parseTransaction } from '../bank/bank.parsers.js';
import { parseAccountType, parseConnector, parseCurrency } from '../catalogue/catalogue.parsers.js';
import { parseAmortization, parseInvestment, parseMarketOrder, parsePocket } from '../bank/wealth.parsers.js';
import { parseOwnerIdentity, parseOwnership } from '../holders/holders.parsers.js';

/** A public shape of an object, its values replaced, with the table of the reference and the parser that reads it. */
export interface Recorded {
  readonly name: string;
  readonly fields: Readonly<Record<string, { readonly isNullable?: true; readonly isOptional?: true }>>;
  readonly parse: (body: unknown) => object | null;
  readonly body: Readonly<Record<string, unknown>>;
}

const EUR = { id: 'EUR', name: 'Euro', symbol: '€', crypto: false, prefix: false, precision: 2 };
const USD = { ...EUR, id: 'USD', name: 'Dollar américain', symbol: '$', prefix: true };
const MOVED = { balance: 12.5, expenses: -7.5, incomes: 20, remains: 12.5 };
const money = (value: number): object => ({ currency: 'EUR', value });

/** One object of each kind that the library reads, every key with a value. */
export const RECORDED: readonly Recorded[] = [
  {
    ...{ name: 'AccountType', fields: accounts.ACCOUNT_TYPE.fields, parse: parseAccountType },
    body: {
      ...{ id: 6, name: 'market', id_parent: 1, is_invest: true },
      ...{ display_name: 'Compte titres', display_name_p: 'Comptes titres' },
    },
  },
  {
    name: 'Currency',
    fields: accounts.CURRENCY.fields,
    parse: parseCurrency,
    body: { ...EUR, prefix: true },
  },
  {
    ...{ name: 'BankAccount', fields: accounts.BANK_ACCOUNT.fields, parse: parseAccount },
    body: {
      ...{ id: 5301, id_connection: 1187, id_user: 412, id_source: 2051, id_parent: 5300 },
      ...{ number: '00012345678', original_name: 'Compte courant', name: 'Courant', balance: 1523.45 },
      ...{ coming: -20.5, display: true, last_update: '2026-03-14 10:27:40', bookmarked: 1 },
      ...{ deleted: '2026-03-15 10:27:40', disabled: '2026-03-14 10:24:30', error: 'bug', usage: 'PRIV' },
      ...{ iban: 'FR7630006000011234567890189', currency: EUR, type: 'checking', id_type: 2 },
      ...{ ownership: 'owner', company_name: 'Ateliers', loan: { total_amount: 1000 }, webid: 'w', bic: 'B' },
      ...{ coming_balance: 1502.95, formatted_balance: '1 523,45 €', information: {}, connection: {} },
    },
  },
  {
    ...{ name: 'Transaction', fields: TRANSACTION.fields, parse: parseTransaction },
    body: {
      ...{ id: 980001, id_account: 5301, application_date: '2026-03-13', date: '2026-03-13' },
      ...{ datetime: '2026-03-13 08:00:00', vdate: '2026-03-14', vdatetime: '2026-03-14 08:00:00' },
      ...{ rdate: '2026-03-12', rdatetime: '2026-03-12 08:00:00', bdate: '2026-03-13' },
      ...{ bdatetime: '2026-03-13 08:00:00', value: -16.22, gross_value: -16.22, type: 'card' },
      ...{ original_wording: 'CB BOULANGERIE 12/03', simplified_wording: 'BOULANGERIE', wording: 'Pain' },
      ...{ categories: [{ code: 'groceries', parent_code: 'dailyLife' }], id_category: 21, state: 'parsed' },
      ...{ date_scraped: '2026-03-14 10:27:38', coming: true, active: true, id_cluster: 7, comment: 'Lunch' },
      ...{ last_update: '2026-03-14 10:27:38', deleted: '2026-03-16 10:00:00', original_value: -18.5 },
      ...{ original_gross_value: -18.5, original_currency: USD, commission: -0.4, commission_currency: EUR },
      ...{ country: 'US', card: '4970XXXXXXXX1234', counterparty: { label: 'X' }, attachments: [] },
      ...{ webid: 'w', nature: 'n', stemmed_wording: 's', formatted_value: '-16,22 €' },
    },
  },
  {
    ...{ name: 'Document', fields: DOCUMENT.fields, parse: parseDocument },
    body: {
      ...{ id: 31, id_user: 412, id_subscription: 701, id_type: 1, id_file: 32, id_thumbnail: 33 },
      ...{ name: 'facture.pdf', date: '2026-02-28 00:00:00', timestamp: '2026-03-01 04:00:00' },
      ...{ thumb_url: 'https://example.test/t', url: 'https://example.test/f', duedate: '2026-03-15' },
      ...{
        total_amount: 42.1,
        untaxed_amount: 35.08,
        vat: 7.02,
        income: false,
        readonly: true,
        number: 'D-1',
      },
      ...{ issuer: 'Lumen', last_update: '2026-03-01 04:00:00', has_file_on_website: true, currency: EUR },
      ...{ id_category: 3, type: 'bill' },
    },
  },
  {
    ...{ name: 'Connector', fields: CONNECTOR.fields, parse: parseConnector },
    body: {
      ...{ id: 40, uuid: '338178e6-3d01-564f-9a7b-52ca442459bf', name: 'Connecteur de test', hidden: true },
      ...{ charged: false, code: '30006', beta: true, color: '2B6CB0', slug: 'TST', sync_frequency: 1 },
      ...{ months_to_fetch: 12, auth_mechanism: 'credentials', available_auth_mechanisms: ['credentials'] },
      ...{ transfer_mechanism: 'webauth', siret: '00000000000000', restricted: true, capabilities: ['bank'] },
      ...{ account_usages: ['PRIV'], payment_settings: {}, products: ['bank'], sources: [], fields: [] },
      ...{ countries: [], urls: [] },
    },
  },
  {
    ...{ name: 'Connection', fields: CONNECTION.fields, parse: parseConnection },
    body: {
      ...{ id: 1187, id_user: 412, id_connector: 40, id_provider: 40, id_bank: 40, state: 'wrongpass' },
      ...{ error: 'wrongpass', error_message: 'Refused', fields: [], last_update: '2026-03-14 10:27:40' },
      ...{ created: '2026-03-14 10:24:12', active: true, last_push: '2026-03-14 10:27:41' },
      ...{ expire: '2026-09-10 10:24:12', next_try: '2026-03-15 06:13:00', connector_uuid: 'u' },
      ...{
        connector: { uuid: 'u', name: 'Connecteur de test' },
        sources: [],
        accounts: [],
        all_accounts: [],
      },
      ...{ subscriptions: [], all_subscriptions: [] },
    },
  },
  {
    ...{ name: 'User', fields: USER.fields, parse: parseUser },
    body: { id: 412, signin: '2026-03-14 10:20:01', platform: 'sharedAccess' },
  },
  {
    ...{ name: 'Investment', fields: wealth.INVESTMENT.fields, parse: parseInvestment },
    body: {
      ...{ id: 11, id_account: 5301, label: 'HARBOR', code: 'US9900000030', code_type: 'ISIN' },
      ...{ stock_symbol: 'HBL', source: 'website', description: 'Stock', quantity: 10.5, unitprice: 100.1 },
      ...{ unitvalue: 120.2, valuation: 1262.1, diff: 211.05, diff_percent: 0.2, prev_diff: 1.5 },
      ...{ prev_diff_percent: 0.001, vdate: '2026-03-13', prev_vdate: '2026-03-12', portfolio_share: 0.4 },
      ...{ calculated: ['diff'], deleted: '2026-03-14', last_update: '2026-03-14 10:27:40' },
      ...{ original_currency: USD, original_valuation: 1371.8, original_unitvalue: 130.6 },
      ...{ original_unitprice: 108.8, original_diff: 229.4, details: { srri: 4 }, id_security: 3 },
    },
  },
  {
    ...{ name: 'Pocket', fields: wealth.POCKET.fields, parse: parsePocket },
    body: {
      ...{ id: 111, id_investment: 11, id_account: 5301, label: 'Bloqué', quantity: 3.5, value: 420.7 },
      ...{ condition: 'date', availability_date: '2030-01-01', deleted: '2026-03-14' },
      last_update: '2026-03-14 10:27:40',
    },
  },
  {
    ...{ name: 'MarketOrder', fields: wealth.MARKET_ORDER.fields, parse: parseMarketOrder },
    body: {
      ...{ id: 12, id_account: 5301, number: 'O-1', label: 'HARBOR', code: 'US9900000030', amount: 601 },
      ...{
        stock_symbol: 'HBL',
        order_direction: { id: 1, name: 'BUY' },
        order_type: { id: 2, name: 'LIMIT' },
      },
      ...{ stock_market: 'XNAS', state: 'Executed', payment_method: 'CASH', date: '2026-03-01 09:00:00' },
      ...{ execution_date: '2026-03-02 09:00:00', validity_date: '2026-03-31 09:00:00', quantity: 5 },
      ...{ ordervalue: 120.2, unitprice: 120.1, unitvalue: 121.3, deleted: '2026-03-14 10:00:00' },
      last_update: '2026-03-14 10:27:40',
    },
  },
  {
    ...{ name: 'LoanAmortization', fields: wealth.AMORTIZATION.fields, parse: parseAmortization },
    body: {
      ...{ id_account: 5301, payment_date: '2026-03-05', amortization_amount: money(500.5) },
      ...{ interest_amount: money(80.25), insurance_amount: money(12), total_payment_amount: money(592.75) },
      ...{ remaining_capital: money(90_000), period: '2026_03', calculated: [] },
      ...{ deleted: '2026-03-14 10:00:00', last_update: '2026-03-14 10:27:40' },
    },
  },
  {
    ...{ name: 'BalanceGroup', fields: accounts.BALANCE.fields, parse: parseBalance },
    body: {
      ...{ min_date: '2026-03-01', max_date: '2026-03-31', n_overdraft: 2, ...MOVED },
      currencies: [{ id: 'EUR', symbol: '€', ...MOVED }],
      daily_balances: [{ date: '2026-03-01', ...MOVED }],
    },
  },
  {
    ...{ name: 'AccountOwnership', fields: accounts.OWNERSHIP.fields, parse: parseOwnership },
    body: {
      ...{ id_account: 5301, id_connection: 1187, id_user: 412, id_connector_source: 77, name: 'Courant' },
      ...{ bank_name: 'Banque Horizon', multiple_holders: true, calculated: [], usage: 'PRIV' },
      parties: [{ role: 'holder', identity: { is_user: true, full_name: 'A B' } }],
      identifications: [{ scheme_name: 'iban', identification: 'FR76' }],
    },
  },
  {
    ...{ name: 'OwnerIdentity', fields: OWNER_IDENTITY.fields, parse: parseOwnerIdentity },
    body: {
      ...{ id_connection: 1187, id_source: 2051, id_user: 412, first_name: 'A', last_name: 'B' },
      ...{ full_name: 'A B', raw_postal_address: '1 rue X', postal_address: { city: 'Nantes' } },
    },
  },
];
