import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../database/__support__/store.js';
import { useStore } from '../../database/__support__/use-store.js';
import { AuditUnderTest } from './__support__/audit-under-test.js';
import { AuditTrail } from './audit-trail.service.js';

/** Time of some minutes ago, as an entry has it. */
const agoOf = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** Longer ago than processes may take to write what they had recorded. */
const QUARTER_OF_AN_HOUR = 1 / 96;

describe(`${AuditTrail.name}, the end of its rows`, () => {
  let store: Store;
  let audit: AuditUnderTest;

  useStore((opened) => {
    store = opened;
    audit = new AuditUnderTest(store);
  });

  beforeEach(async () => {
    await audit.empty();
  });

  const positions = async (): Promise<number[]> =>
    (await store.query<{ position: number }>('SELECT position::int FROM powens_audit ORDER BY 1')).map(
      ({ position }) => position,
    );

  it('should remove what is older than its retention, and stay verifiable', async () => {
    audit.daysAgo = 500;
    await audit.write('1', '2');
    audit.daysAgo = 399;
    await audit.write('3');
    audit.daysAgo = 0;
    await audit.write('4');
    await audit.trail.keep();
    expect(await positions()).toEqual([3, 4]);
    expect(await audit.trail.verify()).toMatchObject({ intact: true, checked: 2, purgedPosition: '2' });
    await audit.write('5');
    expect(await audit.findings()).toEqual([]);
    await store.query('DELETE FROM powens_audit WHERE position = 3');
    expect(await audit.findings()).toEqual(['missing 4']);
  });

  it('should continue the chain after everything was removed', async () => {
    audit.daysAgo = 500;
    await audit.write('1', '2');
    await audit.trail.keep();
    expect(await positions()).toEqual([]);
    expect(await audit.findings()).toEqual([]);
    audit.daysAgo = 0;
    await audit.write('3');
    expect(await positions()).toEqual([3]);
    expect(await audit.findings()).toEqual([]);
  });

  it('should remove more than one batch', async () => {
    audit.daysAgo = 500;
    await audit.write(...Array.from({ length: 2_500 }, (_, count) => `${count}`));
    audit.daysAgo = 0;
    await audit.write('young');
    await audit.trail.keep();
    expect(await positions()).toEqual([2_501]);
    expect(await audit.findings()).toEqual([]);
  });

  it('should keep old rows that somebody edited, which are the evidence', async () => {
    audit.daysAgo = 500;
    await audit.write('1', '2');
    await store.query(`UPDATE powens_audit SET operation = 'x' WHERE position = 2`);
    await audit.trail.keep();
    expect(await positions()).toEqual([1, 2]);
  });

  it('should not remove young rows that somebody made older', async () => {
    await audit.write('1', '2');
    await store.query(`UPDATE powens_audit SET recorded_at = now() - interval '2 years' WHERE position = 1`);
    await audit.trail.keep();
    expect(await positions()).toEqual([1, 2]);
    expect(await audit.findings()).toEqual(['edited 1']);
  });

  it('should remove the people of an owner who was erased, and of no other, and stay verifiable', async () => {
    audit.daysAgo = QUARTER_OF_AN_HOUR;
    const at = agoOf(20);
    await audit.write({ at }, { at, ownerId: 'bob' }, { at, tenant: 'other' });
    await audit.write({ at, operation: 'owner.erase' });
    await audit.erase({ id: 'alice', tenant: 'acme' });
    // Of another process, which wrote it when the others were anonymised.
    await audit.trail.keep();
    await audit.write({ at });
    await audit.trail.keep();
    const rows = await store.query(
      'SELECT owner_id, tenant, actor, salt IS NULL AS bare FROM powens_audit ORDER BY position',
    );
    const none = { owner_id: null, tenant: null, actor: null, bare: true };
    expect(rows).toEqual([
      none,
      { owner_id: 'bob', tenant: 'acme', actor: 'ann', bare: false },
      { owner_id: 'alice', tenant: 'other', actor: 'ann', bare: false },
      none,
      none,
    ]);
    expect(await audit.trail.verify()).toMatchObject({ intact: true, checked: 5, anonymised: 3 });
    await store.query(`UPDATE powens_audit SET erasure_mac = NULL WHERE position = 1`);
    expect(await audit.findings()).toEqual(['edited 1']);
  });

  it('should keep the people of an owner who was not erased in the end, or who came back later', async () => {
    audit.daysAgo = QUARTER_OF_AN_HOUR;
    await audit.write(
      { operation: 'owner.erase', outcome: 'powens_timeout' },
      { ownerId: 'bob', at: agoOf(20) },
    );
    await audit.erase({ id: 'bob', tenant: 'acme' });
    audit.daysAgo = 0;
    await audit.write({ ownerId: 'bob' });
    await audit.trail.keep();
    expect(await owners()).toEqual(['alice', null, 'bob']);
  });

  it('should find an owner whose erasure no row reports: its process died, or the trail was switched off', async () => {
    await audit.write({ at: agoOf(20) });
    await audit.erase({ id: 'alice', tenant: 'acme' });
    await audit.trail.keep();
    expect(await owners()).toEqual([null]);
  });

  it('should remove the people of rows of a process whose clock is ahead', async () => {
    audit.daysAgo = QUARTER_OF_AN_HOUR;
    await audit.write({ at: agoOf(5) });
    await audit.erase({ id: 'alice', tenant: 'acme' });
    await audit.trail.keep();
    expect(await owners()).toEqual([null]);
    await audit.erase({ id: 'alice', tenant: 'acme' }, 1500);
    await audit.trail.keep();
    expect(await store.query('SELECT 1 FROM powens_audit_erasure')).toEqual([]);
  });

  it('should wait until every process has written, and forget the erasure a day later', async () => {
    const erasures = async (): Promise<number> =>
      (await store.query('SELECT 1 FROM powens_audit_erasure')).length;
    await audit.write({ at: agoOf(3000) });
    await audit.erase({ id: 'alice', tenant: 'acme' }, 5);
    await audit.trail.keep();
    expect([await owners(), await erasures()]).toEqual([['alice'], 1]);
    await audit.erase({ id: 'alice', tenant: 'acme' }, 30);
    await audit.trail.keep();
    expect([await owners(), await erasures()]).toEqual([[null], 1]);
    await audit.erase({ id: 'alice', tenant: 'acme' }, 1500);
    await audit.trail.keep();
    expect(await erasures()).toBe(0);
  });

  const owners = async (): Promise<unknown[]> =>
    (await store.query('SELECT owner_id FROM powens_audit ORDER BY position')).map(
      ({ owner_id: one }) => one,
    );
});
