import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../database/__support__/store.js';
import { useStore } from '../../database/__support__/use-store.js';
import { AuditUnderTest, entryOf, ROTATED } from './__support__/audit-under-test.js';
import { AuditTrail } from './audit-trail.service.js';

describe(AuditTrail.name, () => {
  let store: Store;
  let audit: AuditUnderTest;

  useStore((opened) => {
    store = opened;
    audit = new AuditUnderTest(store);
  });

  beforeEach(async () => {
    await audit.empty();
  });

  const sql = async (text: string): Promise<Record<string, unknown>[]> => store.query(text);

  it('should keep every entry as it was recorded, in order and without a gap', async () => {
    const connectionId = randomUUID();
    await audit.write('one', { operation: 'connection.delete', connectionId, outcome: 'powens_timeout' });
    await audit.write({ operation: 'token.renew', actor: null, initiator: 'background' });
    expect(
      await sql(
        `SELECT position::int, owner_id, tenant, actor, initiator, operation, connection_id, outcome
         FROM powens_audit ORDER BY position`,
      ),
    ).toMatchObject([
      { position: 1, owner_id: 'alice', tenant: 'acme', actor: 'ann', operation: 'one', outcome: 'ok' },
      { position: 2, operation: 'connection.delete', connection_id: connectionId, outcome: 'powens_timeout' },
      { position: 3, operation: 'token.renew', actor: null, initiator: 'background' },
    ]);
    expect(await audit.trail.verify()).toMatchObject({ intact: true, checked: 3, anonymised: 0 });
  });

  it('should be empty and intact before the first entry', async () => {
    expect(await audit.trail.verify()).toMatchObject({ intact: true, checked: 0, head: null });
  });

  it('should be one chain although several processes write at the same time', async () => {
    const processes = Array.from({ length: 4 }, () => new AuditUnderTest(store));
    const writing = processes.flatMap(({ writer }, index) =>
      Array.from({ length: 25 }, async (_, round) => {
        for (let count = 0; count < 8; count += 1) writer.add(entryOf({ operation: `${index} ${round}` }));
        await writer.flush();
      }),
    );
    await Promise.all(writing);
    expect(await audit.trail.verify()).toMatchObject({ intact: true, checked: 800 });
    const [counted] = await sql(
      'SELECT count(DISTINCT id)::int AS ids, max(position)::int AS last FROM powens_audit',
    );
    expect(counted).toEqual({ ids: 800, last: 800 });
  });

  it('should keep a chain for each instance', async () => {
    const other = new AuditUnderTest(store, { instance: 'insurance' });
    await audit.write('a', 'b');
    await other.write('c');
    await sql(`DELETE FROM powens_audit WHERE instance = 'insurance'`);
    expect(await audit.findings()).toEqual([]);
    expect(await other.findings()).toEqual(['truncated 1']);
  });

  describe('read by a verification', () => {
    beforeEach(async () => {
      await audit.write('1', '2', '3', '4', '5');
    });

    it.each([
      [`UPDATE powens_audit SET outcome = 'busy' WHERE position = 3`, ['edited 3']],
      [`UPDATE powens_audit SET operation = 'x' WHERE position = 5`, ['edited 5']],
      [`UPDATE powens_audit SET ended_at = ended_at - interval '1 second' WHERE position = 1`, ['edited 1']],
      [
        `UPDATE powens_audit SET recorded_at = recorded_at - interval '1 day' WHERE position = 2`,
        ['edited 2'],
      ],
      [`UPDATE powens_audit SET owner_id = 'bob' WHERE position = 2`, ['edited 2']],
      [`UPDATE powens_audit SET actor = NULL WHERE position = 2`, ['edited 2']],
      [`UPDATE powens_audit SET tenant = NULL WHERE position = 2`, ['edited 2']],
      // As if the owner had been erased.
      [
        `UPDATE powens_audit SET owner_id = NULL, tenant = NULL, actor = NULL, salt = NULL WHERE position = 4`,
        ['edited 4'],
      ],
      [`UPDATE powens_audit SET connection_id = gen_random_uuid() WHERE position = 4`, ['edited 4']],
      [
        `UPDATE powens_audit SET mac = 'au1.hs256.k1.' || repeat('A', 43) WHERE position = 2`,
        ['edited 2', 'edited 3'],
      ],
      [`DELETE FROM powens_audit WHERE position = 3`, ['missing 4']],
      [`DELETE FROM powens_audit WHERE position = 1`, ['missing 2']],
      [`DELETE FROM powens_audit WHERE position > 3`, ['truncated 5']],
      [`DELETE FROM powens_audit`, ['truncated 5']],
      [
        `UPDATE powens_audit SET position = CASE position WHEN 2 THEN 93 ELSE 92 END WHERE position IN (2, 3);
         UPDATE powens_audit SET position = position - 90 WHERE position > 90`,
        ['edited 2', 'edited 3', 'edited 4'],
      ],
      // The gap is closed.
      [
        `DELETE FROM powens_audit WHERE position = 3; UPDATE powens_audit SET position = 3 WHERE position = 4;
         UPDATE powens_audit SET position = 4 WHERE position = 5`,
        ['edited 3', 'edited 4', 'truncated 5'],
      ],
      [
        `INSERT INTO powens_audit SELECT gen_random_uuid(), instance, 6, ended_at, recorded_at, owner_id, tenant, actor, salt,
           identity, initiator, operation, connection_id, outcome, mac FROM powens_audit WHERE position = 5`,
        ['edited 6'],
      ],
      [`DELETE FROM powens_audit_head`, ['head_missing head']],
      [
        `DELETE FROM powens_audit WHERE position > 3;
         UPDATE powens_audit_head SET position = 3, mac = (SELECT mac FROM powens_audit WHERE position = 3)`,
        ['head_edited head'],
      ],
      [
        `DELETE FROM powens_audit WHERE position < 3;
         UPDATE powens_audit_head SET purged_position = 2, purged_mac = ''`,
        ['head_edited head', 'missing 3'],
      ],
    ])('should be found edited: %s', async (tampering, findings) => {
      for (const statement of tampering.split(';')) await sql(statement);
      expect(await audit.findings()).toEqual(findings);
    });

    it('should show that an older state was put back, by a head that was published before', async () => {
      const old = (await audit.trail.verify()).head ?? '';
      await sql('CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM powens_audit_head');
      await audit.write('6', '7');
      const { head } = await audit.trail.verify();
      expect(await audit.findings(old)).toEqual([]);
      await sql('DELETE FROM powens_audit WHERE position > 5');
      await sql('DELETE FROM powens_audit_head');
      await sql('INSERT INTO powens_audit_head SELECT * FROM kept');
      await sql('DROP TABLE kept');
      expect(await audit.findings()).toEqual([]);
      expect(await audit.findings(head ?? '')).toEqual(['not_expected 7']);
      await expect(audit.trail.verify({ expect: 'nonsense' })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    });

    it('should continue after its end was cut off, and never hide that', async () => {
      await sql('DELETE FROM powens_audit WHERE position > 3');
      await audit.write('6');
      const rows = await sql(
        'SELECT position::int, operation FROM powens_audit WHERE position > 3 ORDER BY position',
      );
      expect(rows).toEqual([
        { position: 6, operation: 'audit.interrupted' },
        { position: 7, operation: '6' },
      ]);
      expect(await audit.findings()).toEqual(['missing 6', 'interrupted 6']);
      await sql('DELETE FROM powens_audit_head');
      await audit.write('8');
      expect(await audit.findings()).toEqual(['missing 6', 'interrupted 6', 'interrupted 8']);
    });

    it('should be readable with the keys of its rows, and say which are missing', async () => {
      const rotated = new AuditUnderTest(store, { keys: ROTATED.both });
      await rotated.write('6', '7');
      expect(await rotated.findings()).toEqual([]);
      const without = new AuditUnderTest(store, { keys: ROTATED.only });
      expect(await without.findings()).toEqual(
        [1, 2, 3, 4, 5].map((position) => `key_unavailable ${position}`),
      );
      await without.write('8');
      expect(await rotated.findings()).toEqual([]);
    });
  });
});
