import { addAbortSignal } from 'node:stream';
import { ConnectionsError } from '../../errors/index.js';
import type { ApiPath } from '../../powens/bank/api-path.js';
import { parseAccount, parseDocument, parseSubscription } from '../../powens/bank/bank.parsers.js';
import type { PowensAccount, PowensDocument } from '../../powens/bank/bank.types.js';
import type { FileOptions, PowensFile } from '../../powens/files/file.types.js';
import type { ListOf, RemotePage } from '../../powens/bank/parse-page.js';
import type { PowensClient } from '../../powens/powens.client.js';
import type { Owner } from '../../values/owner.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import { accountsPath, subscriptionsPath, type AccountsQuery } from './list-queries.js';
import { PowensPages, type ConnectionFilter } from './pages.js';

/**
 * Uses the owner's token for one idempotent call: decrypted, renewed when necessary, audited.
 *
 * @internal
 */
export type TokenUser = <T>(operation: string, send: (token: AccessToken) => Promise<T>) => Promise<T>;

/**
 * What the client of an owner works with.
 *
 * @internal
 */
export interface OwnerAccess {
  readonly owner: Owner;
  readonly use: TokenUser;
  /** Ids at Powens of the owner's connections in use; null when everything may be shown. */
  readonly inUse: () => Promise<ReadonlySet<string> | null>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** An item that belongs to a connection. */
interface ConnectionScoped {
  readonly id: string;
  readonly powensConnectionId: string | null;
}

const ACCOUNTS: ListOf<PowensAccount> = { key: 'accounts', parse: parseAccount };
const SUBSCRIPTIONS: ListOf<ConnectionScoped> = { key: 'subscriptions', parse: parseSubscription };
const DOCUMENTS: ListOf<PowensDocument> = { key: 'documents', parse: parseDocument };

/**
 * Calls with the token of one owner, which show only what belongs to connections in use.
 *
 * @internal
 */
export class OwnerReader {
  constructor(
    private readonly powens: PowensClient,
    private readonly access: OwnerAccess,
  ) {}

  async read<T>(path: ApiPath, parse: (body: unknown) => T): Promise<T> {
    return this.access.use(`GET ${path.operation}`, (token) => this.powens.read(path, token, parse));
  }

  async update<T>(path: ApiPath, body: Record<string, unknown>, parse: (body: unknown) => T): Promise<T> {
    return this.access.use(`POST ${path.operation}`, (token) => this.powens.update(path, token, body, parse));
  }

  /** Opens a file: at a path, or where an answer links to it. */
  async open(path: ApiPath, { signal }: FileOptions, link?: unknown): Promise<PowensFile> {
    const target = link === undefined ? path : this.powens.linked(link, path);
    const operation = `GET ${target.operation}`;
    const file = await this.access.use(operation, async (token) =>
      this.powens.openFile(target, token, signal),
    );
    if (signal !== undefined) {
      addAbortSignal(signal, file.stream);
    }
    return file;
  }

  list<T>(
    first: ApiPath,
    list: ListOf<T>,
    filter?: () => Promise<ConnectionFilter<T> | null>,
  ): PowensPages<T> {
    return new PowensPages(first, async (path) => this.remotePage(path, list), filter);
  }

  /** One page as Powens answers it, of connections in use or not. */
  async remotePage<T>(path: ApiPath, list: ListOf<T>): Promise<RemotePage<T>> {
    return this.access.use(`GET ${path.operation}`, (token) => this.powens.readPage(path, token, list));
  }

  async accounts(query: AccountsQuery): Promise<PowensAccount[]> {
    const all = await this.list(accountsPath(query), ACCOUNTS).all();
    const inUse = await this.access.inUse();
    return inUse === null ? all : all.filter((account) => isOf(inUse, account));
  }

  /**
   * Items that name their account; the account names its connection.
   *
   * @param only - the account whose items are shown, where the list is one of all accounts
   */
  ofAccounts<T extends { readonly accountId: string }>(
    path: ApiPath,
    list: ListOf<T>,
    only?: string,
  ): PowensPages<T> {
    return this.list(path, list, async () => {
      const accounts = this.list(accountsPath({ all: true }), ACCOUNTS);
      const inUse = await this.filterBy<T>(accounts, ({ accountId }) => accountId);
      return only === undefined ? inUse : onlyOf(only, inUse);
    });
  }

  documents(path: ApiPath): PowensPages<PowensDocument> {
    return this.list(path, DOCUMENTS, async () =>
      this.filterBy(this.list(subscriptionsPath(), SUBSCRIPTIONS), ({ subscriptionId }) => subscriptionId),
    );
  }

  /** @throws ConnectionsError `not_found` */
  async requireAccount(id: string): Promise<void> {
    if (!(await this.accounts({ all: true })).some((account) => account.id === id)) {
      throw notInUse('account');
    }
  }

  /** @throws ConnectionsError `not_found` */
  async requireSubscription(id: string | null): Promise<void> {
    const inUse = await this.access.inUse();
    if (inUse === null) {
      return;
    }
    const all = await this.list(subscriptionsPath(), SUBSCRIPTIONS).all();
    if (!all.some((one) => one.id === id && isOf(inUse, one))) {
      throw notInUse('document');
    }
  }

  /** @throws ConnectionsError `not_found` */
  async requireConnection(powensConnectionId: string): Promise<void> {
    if ((await this.access.inUse())?.has(powensConnectionId) === false) {
      throw notInUse('connection');
    }
  }

  /** An item does not name its connection, but its parent does. Items of an unknown parent are not shown. */
  private async filterBy<T>(
    parents: PowensPages<ConnectionScoped>,
    parentOf: (item: T) => string | null,
  ): Promise<ConnectionFilter<T> | null> {
    const inUse = await this.access.inUse();
    if (inUse === null) {
      return null;
    }
    const all = await parents.all();
    const shown = new Set(all.filter((parent) => isOf(inUse, parent)).map(({ id }) => id));
    return { leavesOut: shown.size < all.length, shows: (item) => shown.has(parentOf(item) ?? '') };
  }
}

function onlyOf<T extends { readonly accountId: string }>(
  account: string,
  filter: ConnectionFilter<T> | null,
): ConnectionFilter<T> {
  return {
    leavesOut: true,
    shows: (item) => item.accountId === account && (filter === null || filter.shows(item)),
  };
}

function notInUse(what: string): ConnectionsError {
  return new ConnectionsError(
    'not_found',
    `There is no such ${what} among the connections in use of this owner.`,
  );
}

function isOf(inUse: ReadonlySet<string>, { powensConnectionId }: ConnectionScoped): boolean {
  return powensConnectionId !== null && inUse.has(powensConnectionId);
}
