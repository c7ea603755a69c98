/** One change to the store: a row written, or a row taken away. */
export interface JournalEntry {
  table: string;
  key: string | number;
  /** The row, or undefined when it was taken away. */
  row?: unknown;
}

/** Where changes are written down before they are answered. */
export interface Journal {
  /** Notes a change; nothing is durable before {@link Journal.commit}. */
  note(entry: JournalEntry): void;
  /** Makes everything noted so far durable. Synchronous: it runs before the answer leaves. */
  commit(): void;
  /** True when the journal has grown enough to be worth rewriting. */
  isLong(): boolean;
  /** Replaces the whole journal by these entries, atomically. */
  rewrite(entries: Iterable<JournalEntry>): void;
  /** Releases the file. */
  close(): void;
}

/** Keeps nothing: the sandbox without a data directory. */
export const MEMORY_JOURNAL: Journal = {
  note: () => undefined,
  commit: () => undefined,
  isLong: () => false,
  rewrite: () => undefined,
  close: () => undefined,
};
