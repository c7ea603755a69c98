import { ApiPath, type PowensQuery } from '../../powens/bank/api-path.js';
import { parseAccount, parseDocument, parseTransaction } from '../../powens/bank/bank.parsers.js';
import type { PowensAccount, PowensDocument, PowensTransaction } from '../../powens/bank/bank.types.js';
import { plainJson } from '../../powens/bank/plain-json.js';
import type { ListOf, PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/access-token.js';
import {
  accountsPath,
  documentsPath,
  transactionsPath,
  type AccountsQuery,
  type DocumentsQuery,
  type TransactionsQuery,
} from './list-queries.js';
import { PowensPages } from './pages.js';

/**
 * Uses the owner's token for one idempotent call: opened, renewed when it has to be, audited.
 *
 * @internal
 */
export type TokenUser = <T>(operation: string, send: (token: AccessToken) => Promise<T>) => Promise<T>;

/**
 * Powens as one owner sees it, with the owner's token, which never shows. Made by `PowensService.forOwner`.
 *
 * All reads: tried again when that is harmless, and once more with a renewed token when Powens no longer takes the
 * one that is kept. Every method throws `not_connected` when the owner has no token, `invalid_request` for a parameter
 * that is none, and otherwise `PowensApiError`.
 *
 * @public
 */
export class OwnerPowensClient {
  readonly #powens: PowensClient;
  readonly #use: TokenUser;

  /** @internal */
  constructor(powens: PowensClient, use: TokenUser) {
    this.#powens = powens;
    this.#use = use;
  }

  /** Reads the owner's bank accounts, of all connections. */
  async accounts(query: AccountsQuery = {}): Promise<PowensAccount[]> {
    return this.#list(accountsPath(query), { key: 'accounts', parse: parseAccount }).all();
  }

  /**
   * Reads transactions of the accounts that the person consented to. Powens answers 409 `noAccount`
   * (`powens_refused`) when there is none.
   */
  transactions(query: TransactionsQuery = {}): PowensPages<PowensTransaction> {
    return this.#list(transactionsPath(query), { key: 'transactions', parse: parseTransaction });
  }

  /** Reads documents, as invoices. */
  documents(query: DocumentsQuery = {}): PowensPages<PowensDocument> {
    return this.#list(documentsPath(query), { key: 'documents', parse: parseDocument });
  }

  /**
   * Reads anything else below the API root, as `get('/users/me/profiles')`. Numbers that JavaScript cannot hold exactly
   * come as texts, so that `String(number)` is exact for all of them; dates are not touched.
   *
   * @param path - below the API root; no host, query, `..` or encoded character, and nothing below `/auth`
   */
  async get(path: string, query: PowensQuery = {}): Promise<unknown> {
    const checked = ApiPath.of(path, query);
    return this.#use(`GET ${checked.operation}`, (token) => this.#powens.read(checked, token, plainJson));
  }

  #list<T>(first: ApiPath, list: ListOf<T>): PowensPages<T> {
    return new PowensPages(first, (path) =>
      this.#use(`GET ${path.operation}`, (token) => this.#powens.readPage(path, token, list)),
    );
  }
}
