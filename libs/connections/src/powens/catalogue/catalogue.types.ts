/**
 * A type of bank accounts, with its names for people.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-account-types
 * @public
 */
export interface PowensAccountType {
  readonly id: string;
  /** As {@link PowensAccount.type} has it: `checking`, `savings`. */
  readonly name: string | null;
  readonly parentId: string | null;
  /** In the singular, in French: `Compte chèques`. */
  readonly displayName: string | null;
  /** In the plural, in French: `Comptes chèques`. */
  readonly displayNamePlural: string | null;
  /** Whether such an account holds securities: see {@link OwnerPowensClient.investments}. */
  readonly isInvestment: boolean;
}

/**
 * A currency.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-accounts#currency-object
 * @public
 */
export interface PowensCurrency {
  /** ISO 4217, as `EUR`, or the code of a cryptocurrency. */
  readonly id: string;
  readonly name: string | null;
  readonly symbol: string | null;
  /** Digits behind the decimal point; null when Powens does not say. */
  readonly precision: number | null;
  /** Whether the symbol stands before the amount, as in `$5`. */
  readonly isSymbolFirst: boolean;
  readonly isCrypto: boolean;
}

/**
 * A bank or provider that Powens can connect to.
 *
 * @see https://docs.powens.com/api-reference/user-connections/connectors
 * @public
 */
export interface PowensConnector {
  /** Differs from domain to domain: keep {@link PowensConnector.uuid}. */
  readonly id: string;
  readonly uuid: string | null;
  readonly name: string | null;
  readonly slug: string | null;
  /** Six hexadecimal digits. */
  readonly color: string | null;
  /** As `bank`, `document`. */
  readonly capabilities: readonly string[];
  /** As `bank`, `wealth`, `bill`. */
  readonly products: readonly string[];
  /** As `credentials`, `webauth`. */
  readonly authMechanism: string | null;
  /** As `PRIV`, `ORGA`. */
  readonly accountUsages: readonly string[];
  readonly isBeta: boolean;
  readonly isHidden: boolean;
  readonly isRestricted: boolean;
}
