import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../../../../test/helpers/database.js';
import { ConfigurationError } from '../../errors/index.js';
import { authenticateRow } from '../authenticator.js';
import { accessTokenContext } from '../crypto/encryption-context.js';
import { sealEnvelope } from '../crypto/envelope.js';
import { KeyRing } from '../crypto/key-ring.js';
import { KeyRotationService } from './key-rotation.service.js';
import {
  boundRow,
  INSTANCE,
  madeUpKey,
  rotationUnderTest,
  type RotationUnderTest,
} from '../__support__/rotation-under-test.js';
import type { RotationProgress } from './key-rotation.types.js';

// Several sessions at once, and rows that one of them holds: PGlite has but one.
describe.skipIf(!postgresCapabilities().concurrent)(KeyRotationService.name, () => {
  const [k1, k2, k3] = ['k1', 'k2', 'k3'].map(madeUpKey) as [string, string, string];
  let bench: RotationUnderTest;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    bench = await rotationUnderTest();
  });

  afterEach(async () => {
    await bench.empty();
  });

  afterAll(async () => {
    await bench.close();
  });

  describe('countByKey', () => {
    it('should count tokens by key, the primary first and keys that are not in the ring last', async () => {
      await bench.put(2, k1);
      await bench.put(3, k3);
      expect(await bench.service(`${k2},${k1}`).countByKey()).toEqual([
        { keyId: 'k2', tokens: 0, connections: 0, primary: true, available: true },
        { keyId: 'k1', tokens: 2, connections: 0, primary: false, available: true },
        { keyId: 'k3', tokens: 3, connections: 0, primary: false, available: false },
      ]);
    });
  });

  describe('rotate', () => {
    it('should seal every token with the primary key, and change none of them', async () => {
      const rows = await bench.put(23, k1);
      const report = await bench.service(`${k2},${k1}`).rotate({ batchSize: 10 });
      expect(report).toEqual({ done: 23, total: 23, skipped: 0, unreadable: 0, left: 0 });
      for (const row of rows) expect(await bench.read(row, k2)).toBe(row.token);
    });

    it('should move the tokens of every old key, and leave those of the primary alone', async () => {
      await bench.put(3, k1);
      await bench.put(4, k2);
      const [already] = await bench.put(1, k3);
      const before = await bench.sealedToken(already!);
      const report = await bench.service(`${k3},${k1},${k2}`).rotate();
      expect(report).toMatchObject({ done: 7, total: 7, left: 0 });
      expect(await bench.sealedToken(already!)).toBe(before);
    });

    it('should tell how far it is at the start and after each batch', async () => {
      await bench.put(25, k1);
      const told: RotationProgress[] = [];
      await bench
        .service(`${k2},${k1}`)
        .rotate({ batchSize: 10, onProgress: (progress) => told.push(progress) });
      expect(told.map(({ done, total }) => [done, total])).toEqual([
        [0, 25],
        [10, 25],
        [20, 25],
        [25, 25],
      ]);
    });

    it('should end after the batch under way when it is aborted, and go on when it is run again', async () => {
      await bench.put(40, k1);
      const abort = new AbortController();
      const service = bench.service(`${k2},${k1}`);
      const first = await service.rotate({
        batchSize: 10,
        signal: abort.signal,
        onProgress: ({ done }) => done >= 20 && abort.abort(),
      });
      expect(first).toMatchObject({ done: 20, left: 20 });
      expect(await service.rotate({ batchSize: 10 })).toMatchObject({ done: 20, total: 20, left: 0 });
      expect(await service.rotate()).toEqual({ done: 0, total: 0, skipped: 0, unreadable: 0, left: 0 });
    });

    it('should lose nothing when four of them run at once', async () => {
      const rows = await bench.put(400, k1);
      const reports = await Promise.all(
        Array.from({ length: 4 }, async () => bench.service(`${k2},${k1}`).rotate({ batchSize: 50 })),
      );
      expect(reports.reduce((sum, { done }) => sum + done, 0)).toBe(400);
      expect((await bench.service(k2).countByKey())[0]).toMatchObject({ keyId: 'k2', tokens: 400 });
      for (const row of rows.slice(0, 50)) expect(await bench.read(row, k2)).toBe(row.token);
    });

    it('should skip a token that was renewed after the batch was read', async () => {
      const [first, second] = await bench.put(2, k1);
      const ring = KeyRing.parse(`${k2},${k1}`);
      const context = accessTokenContext(INSTANCE, boundRow(first!.id, first!.ownerId));
      const renewed = sealEnvelope('renewed.token.of.the.first', context, ring);
      const report = await raced(bench, `${k2},${k1}`, async () => {
        await bench.dataSource.query(
          `UPDATE powens_user SET sealed_token = $1, authenticator = $2, key_id = 'k2' WHERE id = $3`,
          [
            renewed,
            authenticateRow(
              { row: boundRow(first!.id, first!.ownerId), purpose: 'keep', instance: INSTANCE },
              ring,
            ),
            first!.id,
          ],
        );
      });
      expect(report).toMatchObject({ done: 1, skipped: 1, left: 0 });
      expect(await bench.read(first!, k2)).toBe('renewed.token.of.the.first');
      expect(await bench.read(second!, k2)).toBe(second!.token);
    });

    it('should leave a token alone while it is being renewed, whose renewal then finds what it began with', async () => {
      const [row] = await bench.put(1, k1);
      const lease = { userId: row!.id, leaseToken: '5f0c5c1e-6f5e-4e7e-9f53-0d4a52a7c1aa' };
      const account = await bench.accounts.acquire(lease, ['active'], 60);
      const service = bench.service(`${k2},${k1}`);
      expect(await service.rotate()).toMatchObject({ done: 0, skipped: 1, left: 1 });
      const sealed = { sealedToken: 'x', keyId: 'k2', authenticator: 'y' };
      expect(await bench.accounts.replaceToken(lease, account!.sealedToken, sealed)).toBe(true);
    });

    it('should take a token whose lease has ended', async () => {
      const [row] = await bench.put(1, k1);
      const lease = { userId: row!.id, leaseToken: '5f0c5c1e-6f5e-4e7e-9f53-0d4a52a7c1aa' };
      await bench.accounts.acquire(lease, ['active'], 60);
      await bench.accounts.interrupt(lease);
      expect(await bench.service(`${k2},${k1}`).rotate()).toMatchObject({ done: 1, left: 0 });
    });

    it('should wait for no row that another transaction holds', async () => {
      const [held] = await bench.put(3, k1);
      const runner = bench.dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.query('SELECT 1 FROM powens_user WHERE id = $1 FOR UPDATE', [held!.id]);
      expect(await bench.service(`${k2},${k1}`).rotate()).toMatchObject({ done: 2, skipped: 1, left: 1 });
      await runner.rollbackTransaction();
      await runner.release();
    });

    it('should move a token that waits to be revoked, whatever the status of its row', async () => {
      const [row] = await bench.put(1, k1);
      await bench.accounts.beginRevocation(row!.id);
      expect(await bench.service(`${k2},${k1}`).rotate()).toMatchObject({ done: 1, left: 0 });
    });

    it('should leave a token that cannot be opened as it is, and go on with the others', async () => {
      const [first, second] = await bench.put(2, k1);
      await bench.dataSource.query(`UPDATE powens_user SET owner_id = 'somebody else' WHERE id = $1`, [
        first!.id,
      ]);
      const before = await bench.sealedToken(first!);
      const report = await bench.service(`${k2},${k1}`).rotate();
      expect(report).toEqual({ done: 1, total: 2, skipped: 0, unreadable: 1, left: 1 });
      expect(await bench.sealedToken(first!)).toBe(before);
      expect(await bench.read(second!, k2)).toBe(second!.token);
    });

    it('should refuse to begin when the ring lacks a key that tokens need', async () => {
      const [row] = await bench.put(1, k1);
      await bench.put(1, k3);
      await expect(bench.service(`${k2},${k1}`).rotate()).rejects.toThrow(ConfigurationError);
      expect(await bench.read(row!, k1)).toBe(row!.token);
    });

    it('should refuse a primary key that only shares its id with the one of the application', async () => {
      const rows = await bench.put(3, k1);
      await bench.put(3, k2);
      const impostor = madeUpKey('k2');
      await expect(bench.service(`${impostor},${k1}`).rotate()).rejects.toThrow(ConfigurationError);
      for (const row of rows) expect(await bench.read(row, k1)).toBe(row.token);
    });

    it('should write nothing when an old key only shares its id with the one that sealed', async () => {
      const [row] = await bench.put(2, k1);
      const impostor = madeUpKey('k1');
      const report = await bench.service(`${k2},${impostor}`).rotate();
      expect(report).toMatchObject({ done: 0, unreadable: 2, left: 2 });
      expect(await bench.read(row!, k1)).toBe(row!.token);
    });

    it.each([0, 1.5, 5001, Number.NaN])('should refuse batches of %s', async (batchSize) => {
      await expect(bench.service(k1).rotate({ batchSize })).rejects.toThrow(ConfigurationError);
    });
  });

  describe('verify', () => {
    it('should open every token', async () => {
      await bench.put(12, k1);
      await bench.put(3, k2);
      expect(await bench.service(`${k2},${k1}`).verify({ batchSize: 5 })).toEqual({
        checked: 15,
        unreadable: { key_unavailable: 0, token_tampered: 0 },
      });
    });

    it('should tell tokens without a key from tokens that were changed', async () => {
      await bench.put(2, k3);
      const [moved, mislabelled] = await bench.put(3, k1);
      await bench.dataSource.query(`UPDATE powens_user SET tenant = 'another' WHERE id = $1`, [moved!.id]);
      await bench.dataSource.query(`UPDATE powens_user SET key_id = 'k2' WHERE id = $1`, [mislabelled!.id]);
      expect(await bench.service(`${k2},${k1}`).verify()).toEqual({
        checked: 5,
        unreadable: { key_unavailable: 2, token_tampered: 2 },
      });
    });

    it('should call every token changed when a key of the ring only shares its id with the one that sealed', async () => {
      await bench.put(2, k1);
      const found = await bench.service(madeUpKey('k1')).verify();
      expect(found.unreadable).toEqual({ key_unavailable: 0, token_tampered: 2 });
    });
  });
});

/** Rotates, with `meanwhile` between reading the batch and replacing it: as close as another process can come. */
async function raced(
  bench: RotationUnderTest,
  keys: string,
  meanwhile: () => Promise<void>,
): Promise<unknown> {
  const service = bench.service(keys);
  const { rows } = service as unknown as { rows: { replace(...args: unknown[]): Promise<number> } };
  const replace = rows.replace.bind(rows);
  rows.replace = async (...args) => {
    await meanwhile();
    return replace(...args);
  };
  return service.rotate();
}
