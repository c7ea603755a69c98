import { ApiPath, type PowensQuery } from '../../powens/bank/api-path.js';
import { ConnectionsError } from '../../errors/index.js';
import { parseAttachment } from '../../powens/files/file.parsers.js';
import type { FileOptions, PowensAttachment, PowensFile } from '../../powens/files/file.types.js';
import {
  parseAccount,
  parseBalance,
  parseDocument,
  parseOneOf,
  parseTransaction,
} from '../../powens/bank/bank.parsers.js';
import type {
  PowensAccount,
  PowensBalance,
  PowensDocument,
  PowensTransaction,
} from '../../powens/bank/bank.types.js';
import * as wealth from '../../powens/bank/wealth.parsers.js';
import { parseOwnerIdentity, parseOwnership } from '../../powens/holders/holders.parsers.js';
import type {
  PowensAmortization,
  PowensInvestment,
  PowensMarketOrder,
  PowensPocket,
} from '../../powens/bank/wealth.types.js';
import type { PowensAccountOwnership, PowensIdentity } from '../../powens/holders/holders.types.js';
import type { ListOf } from '../../powens/bank/parse-page.js';
import { plainJson } from '../../powens/bank/plain-json.js';
import type { PowensClient } from '../../powens/powens.client.js';
import * as paths from './list-queries.js';
import type {
  AccountsQuery,
  DocumentsQuery,
  HoldingsQuery,
  PeriodQuery,
  TransactionsQuery,
} from './list-queries.js';
import { OwnerReader, type OwnerAccess } from './owner-reader.js';
import type { PowensPages } from './pages.js';
import {
  transactionChanges,
  type ChangesSource,
  type TransactionChangesPage,
  type TransactionChangesQuery,
} from './changes/transaction-changes.js';
import { accountBody, transactionBody, type AccountUpdate, type TransactionUpdate } from './updates.js';

/**
 * The Powens API with the token of one owner, without revealing the token. Made by `PowensService.forOwner`.
 *
 * Calls are retried when that is safe, and once more with a renewed token when Powens no longer accepts the stored one. Every
 * method throws `not_connected` when the owner has no token, `needs_reauth` when Powens no longer accepts it and only the owner may
 * renew it, `invalid_request` for an invalid parameter, `not_found` for an
 * item of a connection that is not in use, and otherwise `PowensApiError`.
 *
 * @public
 */
export class OwnerPowensClient {
  readonly #reader: OwnerReader;
  readonly #access: OwnerAccess;

  /** @internal */
  constructor(powens: PowensClient, access: OwnerAccess) {
    this.#reader = new OwnerReader(powens, access);
    this.#access = access;
  }

  /** Reads the owner's bank accounts, of all connections in use. */
  async accounts(query: AccountsQuery = {}): Promise<PowensAccount[]> {
    return this.#reader.accounts(query);
  }

  /**
   * Reads transactions of the accounts that the person consented to, of all connections in use. Powens answers 409 `noAccount`
   * (`powens_refused`) when there is none.
   */
  transactions(query: TransactionsQuery = {}): PowensPages<PowensTransaction> {
    return this.#reader.ofAccounts(paths.transactionsPath(query), TRANSACTIONS);
  }

  /**
   * Reads what is new, changed or deleted among the transactions since the last time: each at least once, also when Powens
   * synchronises meanwhile. The host stores the cursor of each page after its items, a text of at most 10 000 characters; a read that
   * ends in the middle is repeated. A read ends after 1000 pages: choose a `limit` that suffices for the first one.
   *
   * @example
   * ```ts
   * for await (const { items, cursor } of client.transactionChanges({ cursor: await storedCursor() })) {
   *   await keep(items, cursor);
   * }
   * ```
   */
  transactionChanges(
    query: TransactionChangesQuery = {},
  ): AsyncGenerator<TransactionChangesPage, void, undefined> {
    const read: ChangesSource['read'] = async (path) => this.#reader.remotePage(path, TRANSACTIONS);
    const accounts = async (): Promise<string[]> => (await this.accounts()).map(({ id }) => id);
    const { owner, now } = this.#access;
    return transactionChanges({ owner, now, accounts, read }, query);
  }

  /** Reads one transaction. */
  async transaction(id: string): Promise<PowensTransaction> {
    const found = await this.#reader.read(paths.transactionPath(id), parseOneOf(id, parseTransaction));
    await this.#reader.requireAccount(found.accountId);
    return found;
  }

  /** Changes what the person may change on a transaction, and returns it. */
  async updateTransaction(id: string, update: TransactionUpdate): Promise<PowensTransaction> {
    const body = transactionBody(update);
    await this.transaction(id);
    return this.#reader.update(paths.transactionPath(id), body, parseOneOf(id, parseTransaction));
  }

  /** Changes what the person may change on a bank account, and returns it. */
  async updateAccount(id: string, update: AccountUpdate): Promise<PowensAccount> {
    const path = paths.accountPath(id);
    const body = accountBody(update);
    await this.#reader.requireAccount(id);
    return this.#reader.update(path, body, parseOneOf(id, parseAccount));
  }

  /** Reads securities of all connections in use, or of one account. */
  investments(query: HoldingsQuery = {}): PowensPages<PowensInvestment> {
    const list = { key: 'investments', parse: wealth.parseInvestment };
    return this.#reader.ofAccounts(paths.holdingsPath('investments', query), list);
  }

  /** Reads the parts of investments that are available from some day on. */
  pockets(query: HoldingsQuery = {}): PowensPages<PowensPocket> {
    return this.#reader.ofAccounts(paths.holdingsPath('pockets', query), {
      key: 'pockets',
      parse: wealth.parsePocket,
    });
  }

  /** Reads orders to buy or to sell securities. */
  marketOrders(query: HoldingsQuery = {}): PowensPages<PowensMarketOrder> {
    const list = { key: 'marketorders', parse: wealth.parseMarketOrder };
    return this.#reader.ofAccounts(paths.holdingsPath('marketorders', query), list);
  }

  /** Reads payments of loans, made and due. */
  amortizations(query: HoldingsQuery = {}): PowensPages<PowensAmortization> {
    const list = { key: 'loanamortizations', parse: wealth.parseAmortization };
    return this.#reader.ofAccounts(paths.holdingsPath('amortizations', query), list);
  }

  /** Reads incomes, expenses and balances of an account over time; of the current month when no period is given. */
  async balances(accountId: string, period: PeriodQuery = {}): Promise<PowensBalance[]> {
    const path = paths.balancesPath(accountId, period);
    await this.#reader.requireAccount(accountId);
    return this.#reader.list(path, { key: 'balances', parse: parseBalance }).all();
  }

  /**
   * Reads the holders of the accounts of all connections in use, or of one account. Powens shows them where the domain has that
   * feature.
   */
  accountOwnerships(query: HoldingsQuery = {}): PowensPages<PowensAccountOwnership> {
    const list = { key: 'account_ownerships', parse: parseOwnership };
    return this.#reader.ofAccounts(paths.ownershipsPath(query), list, query.accountId);
  }

  /**
   * Reads the person behind a connection, as the bank names that person; null where it names none.
   *
   * @param powensConnectionId - id of the connection at Powens
   */
  async ownerIdentity(powensConnectionId: string): Promise<PowensIdentity | null> {
    const path = paths.identityPath(powensConnectionId);
    await this.#reader.requireConnection(powensConnectionId);
    return this.#reader.read(path, parseOwnerIdentity);
  }

  /** Reads documents, as invoices, of all connections in use. */
  documents(query: DocumentsQuery = {}): PowensPages<PowensDocument> {
    return this.#reader.documents(paths.documentsPath(query));
  }

  /**
   * Opens the file of a document, as the PDF of an invoice.
   *
   * @throws the reason of the signal when it was aborted
   */
  async documentFile(id: string, options: FileOptions = {}): Promise<PowensFile> {
    options.signal?.throwIfAborted();
    const path = paths.documentFilePath(id);
    const document = await this.#reader.read(paths.documentPath(id), parseOneOf(id, parseDocument));
    await this.#reader.requireSubscription(document.subscriptionId);
    options.signal?.throwIfAborted();
    return this.#reader.open(path, options);
  }

  /** Reads the files that are attached to a transaction, as receipts. */
  async attachments(transactionId: string): Promise<PowensAttachment[]> {
    const path = paths.attachmentsPath(transactionId);
    await this.transaction(transactionId);
    return this.#reader.list(path, { key: 'attachments', parse: parseAttachment }).all();
  }

  /**
   * Opens a file that is attached to a transaction, where Powens links to it.
   *
   * @throws the reason of the signal when it was aborted
   */
  async attachmentFile(
    transactionId: string,
    attachmentId: string,
    options: FileOptions = {},
  ): Promise<PowensFile> {
    options.signal?.throwIfAborted();
    const found = (await this.attachments(transactionId)).find(({ id }) => id === attachmentId);
    if (found === undefined) {
      throw new ConnectionsError('not_found', 'This transaction has no such attachment.');
    }
    options.signal?.throwIfAborted();
    return this.#reader.open(paths.attachmentsPath(transactionId), options, found.raw['url'] ?? null);
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
    return this.#reader.read(checked, plainJson);
  }
}

const TRANSACTIONS: ListOf<PowensTransaction> = { key: 'transactions', parse: parseTransaction };
