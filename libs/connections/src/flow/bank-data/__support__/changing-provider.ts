import type { PowensTransaction } from '../../../powens/bank/bank.types.js';
import { parisDate } from '../../../powens/paris-date.js';
import {
  transactionChanges,
  type ChangesSource,
  type TransactionChangesQuery,
} from '../transaction-changes.js';

export const ANN = { id: 'ann', tenant: '' };
export const HOUR_MS = 3_600_000;

type Stored = Pick<PowensTransaction, 'id' | 'accountId' | 'date' | 'deletedAt' | 'value'> & { at: number };

/** A Powens whose transactions change, also between two pages. */
export class Provider implements ChangesSource {
  readonly owner = ANN;
  readonly shown = new Set<string>();
  /** What happens before the next pages are answered. */
  readonly before: (() => void)[] = [];
  requests = 0;
  maxRequests = Infinity;
  /** Items of a page at most, whatever limit is asked for. */
  maxLimit = Infinity;
  clock = Date.UTC(2026, 9, 24, 12);
  private readonly all = new Map<string, Stored>();
  private last = 0;

  now(): number {
    return this.clock;
  }

  async accounts(): Promise<string[]> {
    return [...this.shown];
  }

  async read(...[part, offset, limit]: Parameters<ChangesSource['read']>): ReturnType<ChangesSource['read']> {
    this.before.shift()?.();
    this.requests += 1;
    if (this.requests > this.maxRequests) throw new Error('This read does not end');
    const since = parisDate(part.updatedSince)?.getTime() ?? 0;
    const found = this.list()
      .filter(({ accountId }) => this.shown.has(accountId))
      .filter(({ accountId }) => part.accountId === null || accountId === part.accountId)
      .filter(({ at }) => at >= since);
    const end = offset + Math.min(limit, this.maxLimit);
    const items = found.slice(offset, end).map((one) => one as unknown as PowensTransaction);
    return { items, hasNext: end < found.length };
  }

  /** Newest day first, as Powens. */
  list(): Stored[] {
    return [...this.all.values()].sort(
      (one, other) => (other.date ?? '').localeCompare(one.date ?? '') || Number(other.id) - Number(one.id),
    );
  }

  add(accountId: string, day: number): void {
    this.last += 1;
    this.put({
      id: String(this.last),
      accountId,
      value: '1',
      date: dayOf(day),
      deletedAt: null,
      at: this.clock,
    });
  }

  /** Changes the value, the day, or deletes. */
  change(index: number, day: number, isDeleted: boolean): void {
    const found = this.list()[index % Math.max(this.all.size, 1)];
    if (found !== undefined) {
      const value = String(Number(found.value) + 1);
      const deletedAt = isDeleted ? new Date(this.clock) : found.deletedAt;
      this.put({ ...found, value, deletedAt, date: dayOf(day), at: this.clock });
    }
  }

  private put(one: Stored): void {
    this.all.set(one.id, one);
  }
}

function dayOf(day: number): string {
  return new Date(Date.UTC(2026, 0, 1 + (day % 300))).toISOString().slice(0, 10);
}

/** A host that stores items and cursor together, and may stop in the middle. */
export class Host {
  readonly kept = new Map<string, unknown>();
  cursor: string | undefined;

  async read(source: ChangesSource, { stopAfter = Infinity, ...query }: Options = {}): Promise<void> {
    const cursor = this.cursor === undefined ? {} : { cursor: this.cursor };
    let pages = 0;
    for await (const page of transactionChanges(source, { limit: 10, ...cursor, ...query })) {
      if (pages === stopAfter) return;
      for (const item of page.items) this.kept.set(item.id, item);
      this.cursor = page.cursor;
      pages += 1;
    }
  }
}

type Options = TransactionChangesQuery & { stopAfter?: number };

export function filled(transactions: number, accounts = ['1']): Provider {
  const provider = new Provider();
  for (const account of accounts) provider.shown.add(account);
  for (let n = 0; n < transactions; n += 1) provider.add(accounts[n % accounts.length] ?? '', n);
  return provider;
}
