import { expect } from 'vitest';
import { ApiPath } from '../../../../powens/bank/api-path.js';
import type { PowensTransaction } from '../../../../powens/bank/bank.types.js';
import type { RemotePage } from '../../../../powens/bank/parse-page.js';
import { parisDate } from '../../../../powens/paris-date.js';
import {
  transactionChanges,
  type ChangesSource,
  type TransactionChangesQuery,
} from '../transaction-changes.js';

export const ANN = { id: 'ann', tenant: '' };
export const HOUR_MS = 3_600_000;

const ROOT = 'https://acme-sandbox.biapi.pro/2.0';

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
  /** What leads to the next page: a position in the list, an offset, or nothing. */
  links: 'cursor' | 'offset' | 'none' = 'cursor';
  clock = Date.UTC(2026, 9, 24, 12);
  private readonly all = new Map<string, Stored>();
  private last = 0;

  now(): number {
    return this.clock;
  }

  async accounts(): Promise<string[]> {
    return [...this.shown];
  }

  async read(path: ApiPath): Promise<RemotePage<PowensTransaction>> {
    this.before.shift()?.();
    this.requests += 1;
    if (this.requests > this.maxRequests) throw new Error('This read does not end');
    const found = this.found(path);
    const offset = path.integer('offset') ?? 0;
    const items = found.slice(offset, offset + Math.min(path.integer('limit') ?? 1000, this.maxLimit));
    const [last, end] = [items.at(-1), offset + items.length];
    const answered = { items: items.map((one) => one as unknown as PowensTransaction), total: null };
    if (last === undefined || end === found.length) return { ...answered, next: null };
    return this.links === 'cursor'
      ? { ...answered, next: ApiPath.ofLink(ROOT, linkAfter(path, last), path) }
      : { ...answered, next: path.atOffset(end), isNextCounted: this.links === 'none' };
  }

  /** What a path lists: of an account, updated since, after the position of a cursor. */
  private found(path: ApiPath): Stored[] {
    const query = new URLSearchParams(path.sent.split('?')[1]);
    if (!query.has('all')) throw new Error('Deleted transactions are not listed');
    const since = parisDate(query.get('last_update'))?.getTime() ?? 0;
    const [, accountId] = /accounts\/(\d+)\//.exec(path.sent) ?? [];
    const [day, id] = (query.get('cursor') ?? '9999_').split('_');
    return this.list()
      .filter((one) => this.shown.has(one.accountId) && (accountId ?? one.accountId) === one.accountId)
      .filter(({ at }) => at >= since)
      .filter((one) => inOrder({ date: day ?? '', id: id ?? '' }, one) < 0);
  }

  /** Newest day first, as Powens. */
  list(): Stored[] {
    return [...this.all.values()].sort(inOrder);
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

function inOrder(one: Pick<Stored, 'date' | 'id'>, other: Pick<Stored, 'date' | 'id'>): number {
  return (other.date ?? '').localeCompare(one.date ?? '') || Number(other.id) - Number(one.id);
}

/** As a server that keeps the filters of the list in its links. */
function linkAfter(path: ApiPath, { date, id }: Stored): string {
  const [list = '', query] = path.sent.split('?');
  const search = new URLSearchParams(query);
  search.set('cursor', `${date}_${id}`);
  return `${ROOT}${list}?${search.toString()}`;
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

export function filled(
  transactions: number,
  accounts = ['1'],
  links: Provider['links'] = 'cursor',
): Provider {
  const provider = new Provider();
  provider.links = links;
  for (const account of accounts) provider.shown.add(account);
  for (let n = 0; n < transactions; n += 1) provider.add(accounts[n % accounts.length] ?? '', n);
  return provider;
}

/** A host keeps what the provider shows. */
export function expectSame(host: Host, provider: Provider): void {
  const shown = provider.list().filter(({ accountId }) => provider.shown.has(accountId));
  expect(Object.fromEntries(host.kept)).toMatchObject(Object.fromEntries(shown.map((one) => [one.id, one])));
}
