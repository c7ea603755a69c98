import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Journal, JournalEntry } from './journal.js';
import { JournalCipher } from './journal-cipher.js';

const LONG_BYTES = 64 * 1024 * 1024;
const ENTRIES_PER_LINE = 500;

/**
 * An append-only file, one sealed line per request that changed something. A line is one `write`, handed to the kernel
 * before the answer leaves: it survives a `kill -9` of the process (not the loss of the machine: there is no fsync).
 */
export class FileJournal implements Journal {
  /** By row: a request that writes one row five times notes its last state only. */
  private readonly pending = new Map<string, JournalEntry>();
  private bytes = 0;
  private file = -1;

  private constructor(
    private readonly path: string,
    private readonly cipher: JournalCipher,
  ) {}

  /** Opens the journal of a directory and gives back what it holds. */
  static open(directory: string): { journal: FileJournal; entries: JournalEntry[] } {
    makeDirectory(directory);
    const journal = new FileJournal(
      join(directory, 'journal.log'),
      JournalCipher.at(join(directory, 'journal.key')),
    );
    return { journal, entries: journal.read() };
  }

  note(entry: JournalEntry): void {
    this.pending.set(`${entry.table}:${entry.key}`, entry);
  }

  commit(): void {
    if (this.pending.size === 0) {
      return;
    }
    const line = this.line([...this.pending.values()]);
    this.pending.clear();
    this.write(line);
  }

  isLong(): boolean {
    return this.bytes > LONG_BYTES;
  }

  rewrite(entries: Iterable<JournalEntry>): void {
    this.close();
    this.pending.clear();
    const fresh = `${this.path}.new`;
    this.file = openSync(fresh, 'w', 0o600);
    this.bytes = 0;
    let batch: JournalEntry[] = [];
    for (const entry of entries) {
      batch.push(entry);
      if (batch.length === ENTRIES_PER_LINE) {
        this.write(this.line(batch));
        batch = [];
      }
    }
    if (batch.length > 0) {
      this.write(this.line(batch));
    }
    // The rename is the moment the new file counts: a process that dies before it leaves the old one whole.
    renameSync(fresh, this.path);
    this.bytes = 0;
  }

  close(): void {
    if (this.file !== -1) {
      closeSync(this.file);
      this.file = -1;
    }
  }

  private line(entries: JournalEntry[]): string {
    return `${this.cipher.seal(JSON.stringify(entries))}\n`;
  }

  private write(line: string): void {
    writeSync(this.file, line);
    this.bytes += line.length;
  }

  private read(): JournalEntry[] {
    if (!existsSync(this.path)) {
      return [];
    }
    const lines = readFileSync(this.path, 'latin1').split('\n');
    // What follows the last line feed was never completed, hence never answered.
    return lines.slice(0, -1).flatMap((line) => JSON.parse(this.cipher.open(line)) as JournalEntry[]);
  }
}

/** Not by the `recursive` of Node, which never returns below `/proc`. */
function makeDirectory(path: string): void {
  if (!existsSync(path)) {
    makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}
