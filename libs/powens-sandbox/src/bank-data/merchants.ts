import type { Category, CounterpartyWire, TransactionFacts } from '../wire/bank/transaction.wire.js';

/** What a transaction is about. */
export interface Movement {
  readonly wording: string;
  readonly prefix: string;
  readonly type: string;
  readonly value: number;
  readonly category: Category;
  readonly counterparty?: CounterpartyWire;
  readonly foreign?: NonNullable<TransactionFacts['foreign']>;
}

const CATEGORIES = {
  groceries: { id: 21, code: 'groceries', parent: 'dailyLife' },
  restaurants: { id: 22, code: 'restaurants', parent: 'dailyLife' },
  cash: { id: 23, code: 'cash', parent: 'dailyLife' },
  rent: { id: 31, code: 'rent', parent: 'housing' },
  energy: { id: 32, code: 'energy', parent: 'housing' },
  telecom: { id: 33, code: 'telecom', parent: 'housing' },
  transport: { id: 41, code: 'publicTransport', parent: 'transport' },
  salary: { id: 51, code: 'salary', parent: 'income' },
  interest: { id: 52, code: 'interest', parent: 'income' },
  books: { id: 61, code: 'books', parent: 'leisure' },
  streaming: { id: 62, code: 'streaming', parent: 'leisure' },
  clothes: { id: 71, code: 'clothes', parent: 'shopping' },
  fees: { id: 81, code: 'bankFees', parent: 'bank' },
  transfer: { id: 91, code: 'internalTransfer', parent: null },
  card: { id: 92, code: 'deferredCard', parent: null },
} satisfies Record<string, Category>;

function card(wording: string, value: number, category: Category): Movement {
  return { wording, prefix: 'CB', type: 'card', value, category };
}

function debit(wording: string, value: number, category: Category, iban: string | null = null): Movement {
  const counterparty = party(wording, 'creditor', iban);
  return { wording, prefix: 'PRLV', type: 'order', value, category, counterparty };
}

function party(label: string, type: string, iban: string | null): CounterpartyWire {
  return {
    label,
    account_scheme_name: iban === null ? null : 'iban',
    account_identification: iban,
    type,
  };
}

/** What a person buys with a card, one of these at a time. */
export const PURCHASES: readonly Movement[] = [
  card('BOULANGERIE DU PORT', -6.4, CATEGORIES.groceries),
  card('MARCHÉ SAINT MARTIN', -48.15, CATEGORIES.groceries),
  card('CAFÉ DES ARTS', -3.2, CATEGORIES.restaurants),
  {
    ...card('LIBRAIRIE LES PAGES', -21.9, CATEGORIES.books),
    foreign: { value: -23.5, currency: 'USD', commission: -0.4, country: 'US' },
  },
  card('BISTROT DU CANAL', -34.5, CATEGORIES.restaurants),
  card('ÉPICERIE DU COIN', -17.85, CATEGORIES.groceries),
  { ...card('RETRAIT DAB', -60, CATEGORIES.cash), prefix: 'RET', type: 'withdrawal' },
  card('PRÊT À PORTER NORD', -79.9, CATEGORIES.clothes),
  { ...card('REMBOURSEMENT PRÊT À PORTER NORD', 79.9, CATEGORIES.clothes), type: 'payback' },
];

/** What comes back each month on a current account, by day of the month. */
export const MONTHLY: ReadonlyMap<number, Movement> = new Map([
  [2, { ...transferTo('VIREMENT LIVRET A', -150), prefix: 'VIR' }],
  [5, debit('LOYER', -890, CATEGORIES.rent, 'FR7630004000031234567890143')],
  [8, debit('LUMEN ÉNERGIE', -64.3, CATEGORIES.energy)],
  [12, debit('ONDINE TÉLÉCOM', -39.99, CATEGORIES.telecom)],
  [15, debit('TRANSPORTS METROPOLE', -42.9, CATEGORIES.transport)],
  [20, card('CINÉMA À LA MAISON', -11.99, CATEGORIES.streaming)],
  [
    28,
    {
      ...{ wording: 'SALAIRE ATELIERS RÉUNIS', prefix: 'VIR', type: 'transfer', value: 2310.5 },
      category: CATEGORIES.salary,
      counterparty: party('Ateliers Réunis', 'debtor', 'FR7610011000201234567890188'),
    },
  ],
]);

/** The fee that a bank takes on the first day of each quarter. */
export const QUARTERLY_FEE: Movement = {
  ...{ wording: 'FRAIS DE TENUE DE COMPTE', prefix: 'FRAIS', type: 'bank', value: -6 },
  category: CATEGORIES.fees,
};

/** What a savings account gets each month. */
export const MONTHLY_SAVING: Movement = { ...transferTo('VIREMENT COMPTE COURANT', 150), prefix: 'VIR' };

/** What a savings account gets at the end of the year. */
export const YEARLY_INTEREST: Movement = {
  ...{ wording: 'INTÉRÊTS', prefix: 'INT', type: 'profit', value: 187.42 },
  category: CATEGORIES.interest,
};

function transferTo(wording: string, value: number): Omit<Movement, 'prefix'> {
  return { wording, type: 'transfer', value, category: CATEGORIES.transfer };
}

/** What the holder of securities pays in each month. */
export const MONTHLY_DEPOSIT: Movement = { ...transferTo('VERSEMENT PROGRAMMÉ', 200), prefix: 'VIR' };

/** What the holder of a loan pays back each month; its value is that of the loan. */
export function repayment(value: number): Movement {
  const category = { id: 34, code: 'loan', parent: 'housing' };
  return { wording: 'ÉCHÉANCE DE PRÊT', prefix: 'PRET', type: 'loan_repayment', value, category };
}
