/**
 * What Powens documents of accounts, transactions, documents and connectors, in its own spelling. Only fields that are
 * read are named; every one is `unknown` until a parser has looked at it.
 */

/**
 * A list: its items stand under a key of their own, beside these.
 *
 * @see https://docs.powens.com/api-reference/overview/api-design
 * @internal
 */
export interface WireList {
  readonly total?: unknown;
  readonly _links?: unknown;
}

/**
 * An account.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-accounts
 * @internal
 */
export interface WireAccount {
  readonly id?: unknown;
  readonly id_connection?: unknown;
  readonly id_parent?: unknown;
  readonly name?: unknown;
  readonly original_name?: unknown;
  readonly number?: unknown;
  readonly iban?: unknown;
  /** Documented as an object, a word in practice. */
  readonly type?: unknown;
  readonly usage?: unknown;
  readonly ownership?: unknown;
  readonly company_name?: unknown;
  readonly balance?: unknown;
  readonly coming?: unknown;
  /** An object with `id`. */
  readonly currency?: unknown;
  readonly disabled?: unknown;
  readonly deleted?: unknown;
  readonly last_update?: unknown;
  readonly error?: unknown;
}

/**
 * A transaction.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-transactions
 * @internal
 */
export interface WireTransaction {
  readonly id?: unknown;
  readonly id_account?: unknown;
  readonly date?: unknown;
  readonly rdate?: unknown;
  readonly vdate?: unknown;
  readonly application_date?: unknown;
  readonly value?: unknown;
  readonly original_value?: unknown;
  readonly original_currency?: unknown;
  readonly type?: unknown;
  readonly wording?: unknown;
  readonly original_wording?: unknown;
  readonly simplified_wording?: unknown;
  readonly comment?: unknown;
  /** A list of `{ code, parent_code }`. */
  readonly categories?: unknown;
  readonly coming?: unknown;
  readonly active?: unknown;
  readonly deleted?: unknown;
  readonly last_update?: unknown;
}

/**
 * A contract with a billing provider.
 *
 * @see https://docs.powens.com/api-reference/products/documents-aggregation/subscriptions
 * @internal
 */
export interface WireSubscription {
  readonly id?: unknown;
  readonly id_connection?: unknown;
}

/**
 * A document.
 *
 * @see https://docs.powens.com/api-reference/products/documents-aggregation/documents
 * @internal
 */
export interface WireDocument {
  readonly id?: unknown;
  readonly id_subscription?: unknown;
  readonly id_file?: unknown;
  readonly name?: unknown;
  readonly number?: unknown;
  readonly type?: unknown;
  readonly date?: unknown;
  readonly duedate?: unknown;
  readonly total_amount?: unknown;
  readonly untaxed_amount?: unknown;
  readonly vat?: unknown;
  readonly currency?: unknown;
  readonly has_file?: unknown;
  readonly deleted?: unknown;
  readonly last_update?: unknown;
}

/**
 * A connector.
 *
 * @see https://docs.powens.com/api-reference/user-connections/connectors
 * @internal
 */
export interface WireConnector {
  readonly id?: unknown;
  readonly uuid?: unknown;
  readonly name?: unknown;
  readonly slug?: unknown;
  readonly color?: unknown;
  readonly capabilities?: unknown;
  readonly products?: unknown;
  readonly auth_mechanism?: unknown;
  readonly account_usages?: unknown;
  readonly beta?: unknown;
  readonly hidden?: unknown;
  readonly restricted?: unknown;
}

/**
 * A client application, as `GET /clients/{id}` shows it.
 *
 * @see https://docs.powens.com/api-reference/api-setup/client-applications
 * @internal
 */
export interface WireClient {
  /** Documented as a text, seen as a list. */
  readonly redirect_uris?: unknown;
}
