/**
 * A bank account.
 *
 * Ids are texts: they may be longer than a JavaScript number holds. Amounts are exact decimal texts, as `-16.2`: give
 * them to a decimal library, not to `Number`. Enumerated values (`type`, `usage`) are those of Powens, which may add new ones.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-accounts
 * @public
 */
export interface PowensAccount {
  readonly id: string;
  /** `powensConnectionId` of the connection it came with. */
  readonly powensConnectionId: string | null;
  readonly parentId: string | null;
  readonly name: string | null;
  readonly originalName: string | null;
  readonly number: string | null;
  readonly iban: string | null;
  /** As `checking`, `card`, `savings`. */
  readonly type: string | null;
  /** As `PRIV`, `ORGA`. */
  readonly usage: string | null;
  /** As `owner`, `co-owner`. */
  readonly ownership: string | null;
  readonly companyName: string | null;
  readonly balance: string | null;
  /** Sum of what is about to be booked. */
  readonly coming: string | null;
  /** ISO 4217, as `EUR`. */
  readonly currency: string | null;
  /** Whether the person consented to it. */
  readonly isEnabled: boolean;
  readonly disabledAt: Date | null;
  readonly deletedAt: Date | null;
  readonly lastUpdatedAt: Date | null;
  /** Powens' word for what went wrong at its last synchronisation. */
  readonly error: string | null;
  /** The whole object as Powens sent it, fields without a name here included, as the loan of a loan account; numbers are exact. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * A bank transaction. Days are texts as Powens writes them, `2026-03-14`: they have no time zone to be shifted to.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-transactions
 * @public
 */
export interface PowensTransaction {
  readonly id: string;
  readonly accountId: string;
  /** Day on which the bank booked it. */
  readonly date: string | null;
  /** Day on which it was made. */
  readonly realizedOn: string | null;
  /** Day that counts for budgets; the person may have changed it. */
  readonly appliedOn: string | null;
  /** Day from which it counts for interest. */
  readonly valuedOn: string | null;
  readonly value: string | null;
  /** Value in {@link PowensTransaction.originalCurrency}, when it was made in another currency. */
  readonly originalValue: string | null;
  readonly originalCurrency: string | null;
  /** As `card`, `transfer`, `order`. */
  readonly type: string | null;
  readonly wording: string | null;
  readonly originalWording: string | null;
  readonly simplifiedWording: string | null;
  /** What the person wrote on it. */
  readonly comment: string | null;
  /** By the codes of Powens. */
  readonly categories: readonly { readonly code: string | null; readonly parentCode: string | null }[];
  /** Not booked yet. */
  readonly isComing: boolean;
  /** Counts in the account's history. */
  readonly isActive: boolean;
  readonly deletedAt: Date | null;
  readonly lastUpdatedAt: Date | null;
  /** The whole object as Powens sent it, fields without a name here included; numbers are exact. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * A document, as an invoice.
 *
 * @see https://docs.powens.com/api-reference/products/documents-aggregation/documents
 * @public
 */
export interface PowensDocument {
  readonly id: string;
  readonly subscriptionId: string | null;
  readonly fileId: string | null;
  readonly name: string | null;
  readonly number: string | null;
  /** As `bill`, `statement`. */
  readonly type: string | null;
  /** Day, as Powens writes it. */
  readonly date: string | null;
  /** Day on which it is to be paid. */
  readonly dueOn: string | null;
  readonly totalAmount: string | null;
  readonly untaxedAmount: string | null;
  readonly vat: string | null;
  /** ISO 4217, as `EUR`. */
  readonly currency: string | null;
  /** Whether there is a file to download. */
  readonly hasFile: boolean;
  readonly deletedAt: Date | null;
  readonly lastUpdatedAt: Date | null;
}

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
