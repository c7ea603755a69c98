import { boolean, integer, orNull, resource, text, unsimulated, write } from '../table/field.js';
import type { WireOf } from '../table/field.js';

/** A type of bank account. */
export const ACCOUNT_TYPE = resource(
  'BankAccountType',
  {
    source: 'https://docs.powens.com/api-reference/products/data-aggregation/bank-account-types',
    confidence: 'A',
  },
  {
    id: integer,
    name: text,
    id_parent: unsimulated(orNull(integer)),
    is_invest: boolean,
    display_name: text,
    display_name_p: text,
  },
);

/** A type of bank account as the provider writes it. */
export type AccountTypeWire = WireOf<(typeof ACCOUNT_TYPE)['fields']>;

/** Name, display name in the singular and in the plural; the numbers are the sandbox's own, save for the first four. */
const TYPES: readonly [id: number, name: string, one: string, many: string, isInvest?: boolean][] = [
  [1, 'unknown', 'Compte inconnu', 'Comptes inconnus'],
  [2, 'checking', 'Compte chèques', 'Comptes chèques'],
  [3, 'savings', "Compte d'épargne", "Comptes d'épargne"],
  [4, 'deposit', 'Compte à terme', 'Comptes à terme'],
  [5, 'loan', 'Prêt', 'Prêts'],
  [6, 'market', 'Compte titres', 'Comptes titres', true],
  [7, 'joint', 'Compte joint', 'Comptes joints'],
  [9, 'card', 'Carte', 'Cartes'],
  [10, 'lifeinsurance', 'Assurance vie', 'Assurances vie', true],
  [11, 'pee', "Plan d'épargne entreprise", "Plans d'épargne entreprise", true],
  [12, 'perco', "Plan d'épargne retraite collectif", "Plans d'épargne retraite collectif", true],
  [13, 'article83', 'Article 83', 'Articles 83', true],
  [14, 'rsp', 'Réserve spéciale de participation', 'Réserves spéciales de participation', true],
  [15, 'pea', "Plan d'épargne en actions", "Plans d'épargne en actions", true],
  [16, 'capitalisation', 'Contrat de capitalisation', 'Contrats de capitalisation', true],
  [17, 'perp', "Plan d'épargne retraite populaire", "Plans d'épargne retraite populaire", true],
  [18, 'madelin', 'Contrat Madelin', 'Contrats Madelin', true],
  [19, 'per', "Plan d'épargne retraite", "Plans d'épargne retraite", true],
  [20, 'real_estate', 'Placement immobilier', 'Placements immobiliers', true],
  [22, 'cat', 'Compte à terme', 'Comptes à terme'],
  [23, 'cel', 'Compte épargne logement', 'Comptes épargne logement'],
  [24, 'csl', 'Compte sur livret', 'Comptes sur livret'],
  [
    25,
    'ldds',
    'Livret de développement durable et solidaire',
    'Livrets de développement durable et solidaire',
  ],
  [26, 'livret_a', 'Livret A', 'Livrets A'],
  [27, 'livret_b', 'Livret B', 'Livrets B'],
  [28, 'pel', "Plan d'épargne logement", "Plans d'épargne logement"],
  [21, 'crowdlending', 'Financement participatif', 'Financements participatifs', true],
];

/** Every type of account. */
export const ACCOUNT_TYPES: readonly AccountTypeWire[] = TYPES.map(
  ([id, name, display_name, display_name_p, is_invest = false]) =>
    write(ACCOUNT_TYPE, { id, name, is_invest, display_name, display_name_p }),
);

const INVEST = new Set(ACCOUNT_TYPES.filter(({ is_invest }) => is_invest).map(({ name }) => name));

/** True for the types of account that hold securities. */
export function isInvestType(type: string): boolean {
  return INVEST.has(type);
}
