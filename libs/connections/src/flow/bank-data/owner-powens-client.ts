import { ApiPath, type PowensQuery } from '../../powens/bank/api-path.js';
import {
  parseAccount,
  parseDocument,
  parseSubscription,
  parseTransaction,
} from '../../powens/bank/bank.parsers.js';
import type { PowensAccount, PowensDocument, PowensTransaction } from '../../powens/bank/bank.types.js';
import type { RemotePage } from '../../powens/bank/parse-page.js';
import { plainJson } from '../../powens/bank/plain-json.js';
import type { ListOf, PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import {
  accountsPath,
  documentsPath,
  subscriptionsPath,
  transactionsPath,
  type AccountsQuery,
  type DocumentsQuery,
  type TransactionsQuery,
} from './list-queries.js';
import { PowensPages, type ConnectionFilter } from './pages.js';

/**
 * Uses the owner's token for one idempotent call: decrypted, renewed when necessary, audited.
 *
 * @internal
 */
export type TokenUser = <T>(operation: string, send: (token: AccessToken) => Promise<T>) => Promise<T>;

/**
 * Ids at Powens of the owner's connections in use; null when everything may be shown.
 *
 * @internal
 */
export type ConnectionsInUse = () => Promise<ReadonlySet<string> | null>;

/** An item that belongs to a connection. */
interface ConnectionScoped {
  readonly id: string;
  readonly powensConnectionId: string | null;
}

/**
 * Reads the Powens API with the token of one owner, without revealing the token. Made by `PowensService.forOwner`.
 *
 * All methods are reads: they are retried when that is safe, and once more with a renewed token when Powens no longer accepts
 * the stored one. Every method throws `not_connected` when the owner has no token, `invalid_request` for an invalid
 * parameter, and otherwise `PowensApiError`.
 *
 * @public
 */
export class OwnerPowensClient {
  readonly #powens: PowensClient;
  readonly #use: TokenUser;
  readonly #inUse: ConnectionsInUse;

  /** @internal */
  constructor(powens: PowensClient, use: TokenUser, inUse: ConnectionsInUse) {
    this.#powens = powens;
    this.#use = use;
    this.#inUse = inUse;
  }

  /** Reads the owner's bank accounts, of all connections in use. */
  async accounts(query: AccountsQuery = {}): Promise<PowensAccount[]> {
    const all = await this.#list(accountsPath(query), ACCOUNTS).all();
    const inUse = await this.#inUse();
    return inUse === null ? all : all.filter((account) => isOf(inUse, account));
  }

  /**
   * Reads transactions of the accounts that the person consented to, of all connections in use. Powens answers 409 `noAccount`
   * (`powens_refused`) when there is none.
   */
  transactions(query: TransactionsQuery = {}): PowensPages<PowensTransaction> {
    return this.#list(transactionsPath(query), TRANSACTIONS, async () =>
      this.#filterBy(this.#list(accountsPath({ all: true }), ACCOUNTS), ({ accountId }) => accountId),
    );
  }

  /** Reads documents, as invoices, of all connections in use. */
  documents(query: DocumentsQuery = {}): PowensPages<PowensDocument> {
    return this.#list(documentsPath(query), DOCUMENTS, async () =>
      this.#filterBy(this.#list(subscriptionsPath(), SUBSCRIPTIONS), ({ subscriptionId }) => subscriptionId),
    );
  }

  /**
   * Reads any other resource below the API root, as `get('/users/me/profiles')`. Numbers that JavaScript cannot hold exactly
   * are returned as strings, so that `String(number)` is exact for all of them; dates are unchanged.
   *
   * The answer is not filtered: it may contain connections in quarantine, which may belong to another person.
   *
   * @param path - below the API root; no host, query, `..` or encoded character, and nothing below `/auth`
   */
  async get(path: string, query: PowensQuery = {}): Promise<unknown> {
    const checked = ApiPath.of(path, query);
    return this.#use(`GET ${checked.operation}`, (token) => this.#powens.read(checked, token, plainJson));
  }

  #list<T>(
    first: ApiPath,
    list: ListOf<T>,
    filter?: () => Promise<ConnectionFilter<T> | null>,
  ): PowensPages<T> {
    const read = async (path: ApiPath): Promise<RemotePage<T>> =>
      this.#use(`GET ${path.operation}`, (token) => this.#powens.readPage(path, token, list));
    return new PowensPages(first, read, filter);
  }

  /** An item does not name its connection, but its parent does. Items of an unknown parent are not shown. */
  async #filterBy<T>(
    owners: PowensPages<ConnectionScoped>,
    ownerOf: (item: T) => string | null,
  ): Promise<ConnectionFilter<T> | null> {
    const inUse = await this.#inUse();
    if (inUse === null) {
      return null;
    }
    const all = await owners.all();
    const shown = new Set(all.filter((owner) => isOf(inUse, owner)).map(({ id }) => id));
    return { leavesOut: shown.size < all.length, shows: (item) => shown.has(ownerOf(item) ?? '') };
  }
}

const ACCOUNTS: ListOf<PowensAccount> = { key: 'accounts', parse: parseAccount };
const TRANSACTIONS: ListOf<PowensTransaction> = { key: 'transactions', parse: parseTransaction };
const SUBSCRIPTIONS: ListOf<ConnectionScoped> = { key: 'subscriptions', parse: parseSubscription };
const DOCUMENTS: ListOf<PowensDocument> = { key: 'documents', parse: parseDocument };

function isOf(inUse: ReadonlySet<string>, { powensConnectionId }: ConnectionScoped): boolean {
  return powensConnectionId !== null && inUse.has(powensConnectionId);
}
