import type { Journal, JournalEntry } from './journal/journal.js';

/** How a table finds its rows. */
export interface TableShape<K extends string | number, R> {
  name: string;
  key(row: R): K;
  /** The row's owner, when rows are also looked up by it. */
  owner?(row: R): number | null;
}

/** Rows in memory, each change noted in the journal. Rows are never changed in place: write a copy with `put`. */
export class Table<K extends string | number, R> {
  readonly name: string;
  private readonly rows = new Map<K, R>();
  private readonly keysByOwner = new Map<number, Set<K>>();

  constructor(
    private readonly shape: TableShape<K, R>,
    private readonly journal: Journal,
  ) {
    this.name = shape.name;
  }

  get(key: K): R | undefined {
    return this.rows.get(key);
  }

  /** Every row, as a journal entry. */
  *entries(): Iterable<JournalEntry> {
    for (const [key, row] of this.rows) {
      yield { table: this.name, key, row };
    }
  }

  /** Every row, oldest first. */
  all(): IterableIterator<R> {
    return this.rows.values();
  }

  /** The rows of one owner, oldest first. */
  ownedBy(owner: number): R[] {
    const found: R[] = [];
    for (const key of this.keysByOwner.get(owner) ?? []) {
      const row = this.rows.get(key);
      if (row !== undefined) {
        found.push(row);
      }
    }
    return found;
  }

  /** Writes a row, new or changed, and gives it back. */
  put(row: R): R {
    this.restore(row);
    this.journal.note({ table: this.name, key: this.shape.key(row), row });
    return row;
  }

  /** Takes a row away. */
  remove(key: K): void {
    this.forget(key);
    this.journal.note({ table: this.name, key });
  }

  /** Restores a row from the journal. */
  restore(row: R): void {
    const key = this.shape.key(row);
    this.rows.set(key, row);
    const owner = this.shape.owner?.(row) ?? null;
    if (owner === null) {
      return;
    }
    const keys = this.keysByOwner.get(owner);
    if (keys === undefined) {
      this.keysByOwner.set(owner, new Set([key]));
    } else {
      keys.add(key);
    }
  }

  /** Removes a row, from the journal. */
  forget(key: K): void {
    const row = this.rows.get(key);
    if (row === undefined) {
      return;
    }
    this.rows.delete(key);
    const owner = this.shape.owner?.(row) ?? null;
    const keys = owner === null ? undefined : this.keysByOwner.get(owner);
    keys?.delete(key);
    if (owner !== null && keys?.size === 0) {
      this.keysByOwner.delete(owner);
    }
  }

  /** Empties the table without a trace: the whole journal is rewritten after it. */
  clear(): void {
    this.rows.clear();
    this.keysByOwner.clear();
  }
}
