import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StorageError } from '../../errors/index.js';
import type { Store } from '../../database/__support__/store.js';
import { useStore } from '../../database/__support__/use-store.js';
import { AuditUnderTest, entryOf } from './__support__/audit-under-test.js';
import { AuditWriter } from './audit-writer.js';

describe(AuditWriter.name, () => {
  let store: Store;
  let audit: AuditUnderTest;

  useStore((opened) => {
    store = opened;
    audit = new AuditUnderTest(store);
  });

  beforeEach(async () => {
    await audit.empty();
  });

  const operations = async (): Promise<unknown[]> =>
    (await store.query('SELECT operation FROM powens_audit ORDER BY position')).map(
      ({ operation }) => operation,
    );

  it('should write an entry once although the answer to its commit was lost', async () => {
    const change = audit.rows.change.bind(audit.rows);
    vi.spyOn(audit.rows, 'change').mockImplementationOnce(async (run) => {
      await change(run);
      throw new StorageError(null, null);
    });
    await expect(audit.write('first')).rejects.toBeInstanceOf(StorageError);
    await audit.write('second');
    expect(await operations()).toEqual(['first', 'second']);
    expect(await audit.findings()).toEqual([]);
  });

  it('should write after an outage what it kept, and how much it could not keep', async () => {
    const away = vi.spyOn(audit.rows, 'change').mockRejectedValue(new StorageError(null, null));
    for (let count = 0; count < 10_007; count += 1) audit.writer.add(entryOf({ operation: `read ${count}` }));
    await expect(audit.writer.flush()).rejects.toBeInstanceOf(StorageError);
    away.mockRestore();
    // The answer to the commit of the last one is lost.
    const change = audit.rows.change.bind(audit.rows);
    const isWritten = async (): Promise<boolean> => (await operations()).length === 10_001;
    const lost = vi.spyOn(audit.rows, 'change').mockImplementation(async (run) => {
      const result = await change(run);
      if (await isWritten()) throw new StorageError(null, null);
      return result;
    });
    await expect(audit.writer.flush()).rejects.toBeInstanceOf(StorageError);
    lost.mockRestore();
    await audit.writer.flush();
    const written = await operations();
    expect(written).toHaveLength(10_001);
    expect([written[0], ...written.slice(-2)]).toEqual(['read 0', 'read 9999', 'audit.dropped 7']);
    expect(await audit.findings()).toEqual(['dropped 10001']);
  });

  it('should write what is left when the application shuts down, and what ends afterwards', async () => {
    audit.writer.start();
    audit.writer.add(entryOf({ operation: 'before' }));
    await audit.writer.stop();
    expect(await operations()).toEqual(['before']);
    audit.writer.add(entryOf({ operation: 'after' }));
    await audit.writer.flush();
    expect(await operations()).toEqual(['before', 'after']);
  });

  it('should shorten texts of the host to one line with room in its column', async () => {
    await audit.write({ operation: `line\none ${'x'.repeat(500)}`, actor: 'y'.repeat(900) });
    const [row] = await store.query('SELECT operation, length(actor) AS length FROM powens_audit');
    expect(row).toMatchObject({
      operation: expect.stringMatching(/^line one x{119}$/) as string,
      length: 255,
    });
  });
});
