/**
 * A bank account.
 *
 * Ids are texts: they may be longer than a JavaScript number holds. Amounts are exact decimal texts, as `-16.2`: give them to a
 * decimal library, not to `Number`. One that is no number, or missing, is null. Enumerated values (`type`, `usage`) are those of
 * Powens, which may add new ones.
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
 * What came in and went out, and what was left at the end.
 *
 * @public
 */
export interface PowensMovement {
  readonly incomes: string | null;
  readonly expenses: string | null;
  /** Incomes and expenses together. */
  readonly remains: string | null;
  readonly balance: string | null;
}

/**
 * Incomes, expenses and balance of an account over a period. Days are texts as Powens writes them.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/balances
 * @public
 */
export interface PowensBalance extends PowensMovement {
  readonly minDate: string | null;
  readonly maxDate: string | null;
  /** The same for each currency, ISO 4217. */
  readonly currencies: readonly (PowensMovement & { readonly currency: string | null })[];
  /** The same for each day. */
  readonly days: readonly (PowensMovement & { readonly date: string | null })[];
  readonly raw: Readonly<Record<string, unknown>>;
}
