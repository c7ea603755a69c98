import { Readable } from 'node:stream';
import { ConnectionsError } from '../../errors/index.js';
import type { OwnerPowensClient } from '../../flow/bank-data/owner-powens-client.js';
import { PowensPages } from '../../flow/bank-data/pages.js';
import type { TransactionChangesPage } from '../../flow/bank-data/changes/transaction-changes.js';
import { ApiPath } from '../../powens/bank/api-path.js';
import type {
  PowensAccount,
  PowensBalance,
  PowensDocument,
  PowensTransaction,
} from '../../powens/bank/bank.types.js';
import type {
  PowensAmortization,
  PowensInvestment,
  PowensMarketOrder,
  PowensPocket,
} from '../../powens/bank/wealth.types.js';
import type { PowensAccountOwnership, PowensIdentity } from '../../powens/holders/holders.types.js';
import type { PowensAttachment, PowensFile } from '../../powens/files/file.types.js';
import type { PublicOf } from './public-of.js';

/**
 * What Powens answers about an owner, by the method of `OwnerPowensClient` that reads it. Absent lists are empty.
 *
 * @public
 */
export interface TestBankData {
  readonly accounts?: readonly PowensAccount[];
  readonly transactions?: readonly PowensTransaction[];
  readonly documents?: readonly PowensDocument[];
  readonly investments?: readonly PowensInvestment[];
  readonly pockets?: readonly PowensPocket[];
  readonly marketOrders?: readonly PowensMarketOrder[];
  readonly amortizations?: readonly PowensAmortization[];
  readonly accountOwnerships?: readonly PowensAccountOwnership[];
  readonly balances?: readonly PowensBalance[];
  /** Answers of `ownerIdentity()`, by id of the connection at Powens. */
  readonly identities?: Readonly<Record<string, PowensIdentity>>;
  /** Answers of `attachments()`, by id of the transaction. */
  readonly attachments?: Readonly<Record<string, readonly PowensAttachment[]>>;
  /** Contents of the files of documents and of attachments, by id. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Answers of `get()`, by path. */
  readonly get?: Readonly<Record<string, unknown>>;
}

/** One page with everything: which part of it a query asks for is the business of the test. */
export function pagesOf<T>(read: () => readonly T[]): PowensPages<T> {
  return new PowensPages(ApiPath.of('/test', {}), async () => {
    const items = [...read()];
    return Promise.resolve({ items, total: items.length, next: null });
  });
}

/** The error of an owner without a token. */
export function notConnected(): ConnectionsError {
  return new ConnectionsError('not_connected', 'This owner has no access token: nothing was connected.');
}

function notGiven(what: string): ConnectionsError {
  return new ConnectionsError('not_found', `There is no such ${what}: the test gave none to setBankData().`);
}

/** The client of one owner over what the test gave. Queries are ignored. */
export class FakeOwnerClient implements PublicOf<OwnerPowensClient> {
  constructor(private readonly data: () => TestBankData) {}

  accounts = async (): Promise<PowensAccount[]> => this.listOf('accounts').all();
  transactions = (): PowensPages<PowensTransaction> => this.listOf('transactions');
  documents = (): PowensPages<PowensDocument> => this.listOf('documents');
  investments = (): PowensPages<PowensInvestment> => this.listOf('investments');
  pockets = (): PowensPages<PowensPocket> => this.listOf('pockets');
  marketOrders = (): PowensPages<PowensMarketOrder> => this.listOf('marketOrders');
  amortizations = (): PowensPages<PowensAmortization> => this.listOf('amortizations');
  accountOwnerships = (): PowensPages<PowensAccountOwnership> => this.listOf('accountOwnerships');
  balances = async (): Promise<PowensBalance[]> => this.listOf('balances').all();

  async *transactionChanges(): AsyncGenerator<TransactionChangesPage, void, undefined> {
    yield { items: await this.listOf('transactions').all(), cursor: 'test' };
  }

  async transaction(id: string): Promise<PowensTransaction> {
    return one('transaction', await this.listOf('transactions').all(), id);
  }

  async updateTransaction(id: string): Promise<PowensTransaction> {
    return this.transaction(id);
  }

  async updateAccount(id: string): Promise<PowensAccount> {
    return one('account', await this.accounts(), id);
  }

  async ownerIdentity(powensConnectionId: string): Promise<PowensIdentity | null> {
    return Promise.resolve(this.data().identities?.[powensConnectionId] ?? null);
  }

  async attachments(transactionId: string): Promise<PowensAttachment[]> {
    return Promise.resolve([...(this.data().attachments?.[transactionId] ?? [])]);
  }

  async documentFile(id: string): Promise<PowensFile> {
    const content = this.data().files?.[id];
    if (content === undefined) {
      return Promise.reject(notGiven('file'));
    }
    const bytes = Buffer.from(content);
    const stream = Readable.from([bytes]);
    return Promise.resolve({ stream, contentType: null, length: bytes.length, name: null });
  }

  async attachmentFile(_transactionId: string, attachmentId: string): Promise<PowensFile> {
    return this.documentFile(attachmentId);
  }

  async get(path: string): Promise<unknown> {
    const { get = {} } = this.data();
    return Object.hasOwn(get, path)
      ? Promise.resolve(get[path])
      : Promise.reject(notGiven(`answer of ${path}`));
  }

  private listOf<Name extends ListName>(name: Name): PowensPages<ItemOf<Name>> {
    return pagesOf(() => (this.data()[name] ?? []) as readonly ItemOf<Name>[]);
  }
}

type ListName = Exclude<keyof TestBankData, 'identities' | 'get' | 'attachments' | 'files'>;

type ItemOf<Name extends ListName> = NonNullable<TestBankData[Name]>[number];

function one<T extends { readonly id: string }>(what: string, items: readonly T[], id: string): T {
  const found = items.find((item) => item.id === id);
  if (found === undefined) {
    throw notGiven(what);
  }
  return found;
}
