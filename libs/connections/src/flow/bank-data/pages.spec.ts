import { describe, expect, it } from 'vitest';
import { PowensApiError } from '../../errors/index.js';
import { ApiPath } from '../../powens/bank/api-path.js';
import { PowensPages } from './pages.js';

const FIRST = ApiPath.of('/users/me/transactions', { limit: 2 });
const at = (offset: number): ApiPath => ApiPath.of('/users/me/transactions', { limit: 2, offset });

/** A list of `length` numbers, two on a page. */
function listOf(length: number): { pages: PowensPages<number>; asked: string[] } {
  const asked: string[] = [];
  const pages = new PowensPages(FIRST, async (path) => {
    asked.push(path.sent);
    const offset = Number(new URLSearchParams(path.sent.split('?')[1]).get('offset') ?? 0);
    const items = [offset, offset + 1].filter((item) => item < length);
    return { items, total: length, next: offset + 2 < length ? at(offset + 2) : null };
  });
  return { pages, asked };
}

async function failureOf(pages: PowensPages<unknown>): Promise<unknown> {
  return pages.all().catch((error: unknown) => error);
}

describe(PowensPages.name, () => {
  it('should yield page after page, each read when it is asked for', async () => {
    const { pages, asked } = listOf(5);
    const seen: unknown[] = [];
    for await (const page of pages) {
      seen.push(page);
      expect(asked).toHaveLength(seen.length);
    }
    expect(seen).toEqual([
      { items: [0, 1], total: 5, hasNext: true },
      { items: [2, 3], total: 5, hasNext: true },
      { items: [4], total: 5, hasNext: false },
    ]);
  });

  it('should yield items, and read no further than they are wanted', async () => {
    const { pages, asked } = listOf(100);
    const seen: number[] = [];
    for await (const item of pages.items()) {
      seen.push(item);
      if (item === 2) break;
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(asked).toHaveLength(2);
  });

  it('should read everything, or one page only', async () => {
    const { pages, asked } = listOf(4);
    expect(await pages.all()).toEqual([0, 1, 2, 3]);
    expect(await pages.all()).toEqual([0, 1, 2, 3]);
    expect(asked).toHaveLength(4);
    expect(await pages.page()).toEqual({ items: [0, 1], total: 4, hasNext: true });
    expect(asked).toHaveLength(5);
  });

  it.each([
    ['itself', [FIRST]],
    ['a page before it', [at(2), at(4), at(2)]],
  ])('should stop at a page that links to %s', async (_, links) => {
    let count = 0;
    const pages = new PowensPages(FIRST, async () => ({
      items: [],
      total: null,
      next: links[count++] ?? null,
    }));
    const error = await failureOf(pages);
    expect(error).toBeInstanceOf(PowensApiError);
    expect(error).toMatchObject({ code: 'powens_response_invalid', failure: { status: null } });
    expect(count).toBe(links.length);
  });

  it('should count on by offset where nothing is linked, to a page that is empty', async () => {
    const asked: string[] = [];
    const pages = new PowensPages(FIRST, async (path) => {
      asked.push(path.sent);
      const offset = path.integer('offset') ?? 0;
      const items = [offset, offset + 1].filter((item) => item < 4);
      return {
        items,
        total: null,
        next: items.length < 2 ? null : path.atOffset(offset + 2),
        isNextCounted: true,
      };
    });
    expect(await pages.all()).toEqual([0, 1, 2, 3]);
    expect(asked).toHaveLength(3);
  });

  it('should end where a server that knows no offset answers the same page again', async () => {
    let count = 0;
    const pages = new PowensPages(FIRST, async (path) => {
      count += 1;
      return { items: [1, 2], total: 9, next: path.atOffset(2 * count), isNextCounted: true };
    });
    expect(await pages.all()).toEqual([1, 2]);
    expect(count).toBe(2);
  });

  it('should stop after a thousand pages, when they never end', async () => {
    let count = 0;
    const pages = new PowensPages(FIRST, async () => ({ items: [1], total: null, next: at(++count) }));
    expect(await failureOf(pages)).toMatchObject({
      code: 'powens_response_invalid',
      message: expect.stringContaining('GET /users/me/transactions') as string,
    });
    expect(count).toBe(1000);
  });
});
