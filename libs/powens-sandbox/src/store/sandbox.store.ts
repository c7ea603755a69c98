import { FileJournal } from './journal/file-journal.js';
import { MEMORY_JOURNAL } from './journal/journal.js';
import type { Journal, JournalEntry } from './journal/journal.js';
import type {
  AccountRecord,
  ClientRecord,
  CodeRecord,
  ConfigRecord,
  ConnectionRecord,
  DocumentEditRecord,
  SourceRecord,
  SubscriptionRecord,
  TokenRecord,
  TransactionEditRecord,
  UserRecord,
} from './records.js';
import { firstIds } from './first-ids.js';
import { Table } from './table.js';
import { VirtualClock } from './virtual-clock.js';
import { WebhookTables } from './webhook.tables.js';
import type { WebviewSessionRecord } from './webview-session.record.js';

/** What belongs to no table: how far ids and the clock have come. */
interface MetaRecord {
  nextIds: Record<string, number>;
  aheadMs: number;
}

/** What a store starts with. */
export interface StoreOptions {
  /** Where the state is kept; in memory when left out. */
  directory?: string;
  /** From which the bank data of an empty state are computed. */
  seed?: number;
  /** Where the clock of an empty state starts, in milliseconds since the epoch; now when left out. */
  startsAt?: number;
}

/** Everything the sandbox knows. Single process, synchronous: what runs between two awaits is a critical section. */
export class SandboxStore {
  readonly clock: VirtualClock;
  readonly clients: Table<string, ClientRecord>;
  readonly users: Table<number, UserRecord>;
  readonly codes: Table<string, CodeRecord>;
  readonly tokens: Table<string, TokenRecord>;
  readonly connections: Table<number, ConnectionRecord>;
  readonly sources: Table<number, SourceRecord>;
  readonly accounts: Table<number, AccountRecord>;
  readonly subscriptions: Table<number, SubscriptionRecord>;
  readonly transactionEdits: Table<number, TransactionEditRecord>;
  readonly documentEdits: Table<number, DocumentEditRecord>;
  readonly configs: Table<string, ConfigRecord>;
  readonly sessions: Table<string, WebviewSessionRecord>;
  readonly webhooks: WebhookTables;
  private readonly tables: Map<
    string,
    { restore(row: never): void; forget(key: never): void; clear(): void }
  >;
  private readonly journal: Journal;
  private nextIds: Record<string, number>;
  private isMetaDirty = false;

  constructor({ directory, seed = 0, startsAt }: StoreOptions = {}) {
    this.clock = new VirtualClock(startsAt);
    this.nextIds = firstIds(seed);
    const opened = directory === undefined ? undefined : FileJournal.open(directory);
    const journal = (this.journal = opened?.journal ?? MEMORY_JOURNAL);
    this.clients = new Table({ name: 'client', key: (row) => row.id }, journal);
    this.users = new Table({ name: 'user', key: (row) => row.id }, journal);
    this.codes = new Table({ name: 'code', key: (row) => row.code }, journal);
    this.tokens = new Table({ name: 'token', key: (row) => row.token, owner: (row) => row.idUser }, journal);
    this.connections = new Table(
      { name: 'connection', key: (row) => row.id, owner: (row) => row.idUser },
      journal,
    );
    this.sources = new Table(
      { name: 'source', key: (row) => row.id, owner: (row) => row.idConnection },
      journal,
    );
    this.accounts = new Table(
      { name: 'account', key: (row) => row.id, owner: (row) => row.idConnection },
      journal,
    );
    this.subscriptions = new Table(
      { name: 'subscription', key: (row) => row.id, owner: (row) => row.idConnection },
      journal,
    );
    this.transactionEdits = new Table(
      { name: 'transactionEdit', key: (row) => row.id, owner: (row) => row.idAccount },
      journal,
    );
    this.documentEdits = new Table(
      { name: 'documentEdit', key: (row) => row.id, owner: (row) => row.idSubscription },
      journal,
    );
    this.configs = new Table({ name: 'config', key: (row) => row.owner }, journal);
    this.sessions = new Table({ name: 'session', key: (row) => row.id }, journal);
    this.webhooks = new WebhookTables(journal);
    this.tables = new Map(this.dataTables().map((table) => [table.name, table]));
    if (opened !== undefined) {
      this.load(opened.entries);
    }
  }

  /** The next id of a sequence; never given twice, not even after a reset. */
  nextId(sequence: string): number {
    const id = this.nextIds[sequence] ?? 1;
    this.nextIds[sequence] = id + 1;
    this.isMetaDirty = true;
    return id;
  }

  /** Moves the virtual clock on. */
  advanceClock(seconds: number): void {
    this.clock.advance(seconds);
    this.isMetaDirty = true;
  }

  /** Makes every change so far durable. Called before each answer. */
  commit(): void {
    if (this.isMetaDirty) {
      this.isMetaDirty = false;
      this.journal.note({ table: 'meta', key: 'meta', row: this.meta() });
    }
    this.journal.commit();
    if (this.journal.isLong()) {
      this.journal.rewrite(this.snapshot());
    }
  }

  /** Empties everything but the id sequences: a database that still knows old ids must not meet them again. */
  reset(): void {
    this.dataTables().forEach((table) => table.clear());
    this.clock.restart();
    this.journal.rewrite(this.snapshot());
  }

  close(): void {
    this.commit();
    this.journal.close();
  }

  private dataTables() {
    return [
      this.clients,
      this.users,
      this.codes,
      this.tokens,
      this.connections,
      this.sources,
      this.accounts,
      this.subscriptions,
      this.transactionEdits,
      this.documentEdits,
      this.configs,
      this.sessions,
      ...this.webhooks.all(),
    ] as const;
  }

  private meta(): MetaRecord {
    return { nextIds: { ...this.nextIds }, aheadMs: this.clock.aheadMs };
  }

  private load(entries: JournalEntry[]): void {
    for (const { table, row, key } of entries) {
      if (table === 'meta') {
        const meta = row as MetaRecord;
        this.nextIds = { ...this.nextIds, ...meta.nextIds };
        this.clock.setAheadMs(meta.aheadMs);
      } else if (row !== undefined) {
        this.tables.get(table)?.restore(row as never);
      } else {
        this.tables.get(table)?.forget(key as never);
      }
    }
    this.journal.rewrite(this.snapshot());
  }

  private *snapshot(): Iterable<JournalEntry> {
    yield { table: 'meta', key: 'meta', row: this.meta() };
    for (const table of this.dataTables()) {
      yield* table.entries();
    }
  }
}
