/**
 * A security on an account, as a share or a fund. Amounts and quantities are exact decimal texts.
 *
 * @see https://docs.powens.com/api-reference/products/wealth-aggregation/investments
 * @public
 */
export interface PowensInvestment {
  readonly id: string;
  readonly accountId: string;
  readonly label: string | null;
  /** As an ISIN, where {@link PowensInvestment.codeType} says so. */
  readonly code: string | null;
  /** As `ISIN`, `AMF`. */
  readonly codeType: string | null;
  readonly quantity: string | null;
  /** Average price that was paid for one unit. */
  readonly unitPrice: string | null;
  /** Value of one unit on {@link PowensInvestment.valuedOn}. */
  readonly unitValue: string | null;
  readonly valuation: string | null;
  /** Gain or loss since it was bought. */
  readonly difference: string | null;
  /** Part of the account, 0 to 1. */
  readonly portfolioShare: string | null;
  /** Currency of the security where it is not that of the account, as `USD`. */
  readonly originalCurrency: string | null;
  readonly originalValuation: string | null;
  /** Day, as Powens writes it. */
  readonly valuedOn: string | null;
  readonly deletedAt: Date | null;
  readonly lastUpdatedAt: Date | null;
  /** The whole object as Powens sent it, fields without a name here included; numbers are exact, as of {@link OwnerPowensClient.get}. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * A part of an investment that is available from some day on, as of an employee savings plan.
 *
 * @see https://docs.powens.com/api-reference/products/wealth-aggregation/pockets
 * @public
 */
export interface PowensPocket {
  readonly id: string;
  readonly accountId: string;
  readonly investmentId: string | null;
  readonly label: string | null;
  readonly quantity: string | null;
  readonly value: string | null;
  /** As `available`, `date`, `retirement`. */
  readonly condition: string | null;
  /** Day, as Powens writes it. */
  readonly availableOn: string | null;
  readonly deletedAt: Date | null;
  readonly lastUpdatedAt: Date | null;
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * An order to buy or to sell securities.
 *
 * @see https://docs.powens.com/api-reference/products/wealth-aggregation/market-orders
 * @public
 */
export interface PowensMarketOrder {
  readonly id: string;
  readonly accountId: string;
  readonly number: string | null;
  readonly label: string | null;
  readonly code: string | null;
  /** As `BUY`, `SALE`. */
  readonly direction: string | null;
  /** As `MARKET`, `LIMIT`, `TRIGGER`. */
  readonly type: string | null;
  /** Powens' word for how far it is. */
  readonly state: string | null;
  readonly quantity: string | null;
  readonly unitPrice: string | null;
  readonly unitValue: string | null;
  /** Price that the order names. */
  readonly orderValue: string | null;
  readonly amount: string | null;
  readonly orderedAt: Date | null;
  readonly executedAt: Date | null;
  readonly validUntil: Date | null;
  readonly deletedAt: Date | null;
  readonly lastUpdatedAt: Date | null;
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * An amount in its currency.
 *
 * @public
 */
export interface PowensMoney {
  /** ISO 4217, as `EUR`. */
  readonly currency: string | null;
  readonly value: string | null;
}

/**
 * A payment of a loan, made or due. It has no id.
 *
 * @see https://docs.powens.com/api-reference/products/wealth-aggregation/loan-amortizations
 * @public
 */
export interface PowensAmortization {
  readonly accountId: string;
  /** Day, as Powens writes it. */
  readonly paidOn: string | null;
  readonly capital: PowensMoney | null;
  readonly interest: PowensMoney | null;
  readonly insurance: PowensMoney | null;
  /** Capital, interest and insurance together. */
  readonly total: PowensMoney | null;
  /** What is left to pay back after it. */
  readonly remainingCapital: PowensMoney | null;
  /** Powens' word for how often payments are due. */
  readonly period: string | null;
  readonly deletedAt: Date | null;
  readonly lastUpdatedAt: Date | null;
  readonly raw: Readonly<Record<string, unknown>>;
}
