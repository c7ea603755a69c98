import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import type { PowensSandboxOptions } from '../sandbox.options.js';

const clock = new Date('2026-03-01T09:30:00Z');

/** What a user of a new sandbox has: days, amounts and texts. */
async function dataOf(options: PowensSandboxOptions): Promise<string> {
  const sandbox = await SandboxHarness.start(options);
  const { token } = await sandbox.connectedUser();
  const { json } = await sandbox.get('/2.0/users/me/transactions?limit=500', token);
  await sandbox.close();
  const transactions = json['transactions'] as Record<string, unknown>[];
  expect(transactions.length).toBeGreaterThan(50);
  return JSON.stringify(transactions.map(({ id, date, value, wording }) => [id, date, value, wording]));
}

describe('seed and clock', () => {
  it('should give the same data to the same calls, and others with another seed', async () => {
    const first = await dataOf({ seed: 7, clock });
    expect(await dataOf({ seed: 7, clock })).toBe(first);
    expect(await dataOf({ seed: 8, clock })).not.toBe(first);
    expect(await dataOf({ seed: 999, clock })).not.toBe(first);
  });

  it('should start the clock where it is told to, and start there again after a reset', async () => {
    const sandbox = await SandboxHarness.start({ clock });
    const hour = async (): Promise<string> =>
      String((await sandbox.post('/sandbox/clock', { advanceSeconds: 0 })).json['now']).slice(0, 13);
    await sandbox.advanceClock(7200);
    expect(await hour()).toBe('2026-03-01T11');
    await sandbox.post('/sandbox/reset');
    expect(await hour()).toBe('2026-03-01T09');
    await sandbox.close();
  });

  it('should be those that a kept state began with', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'powens-sandbox-'));
    const accountsWith = async (options: PowensSandboxOptions): Promise<number[]> => {
      const sandbox = await SandboxHarness.start({ dataDir, ...options });
      const { token } = await sandbox.connectedUser();
      const { json } = await sandbox.get('/2.0/users/me/accounts', token);
      await sandbox.close();
      return (json['accounts'] as { id: number }[]).map(({ id }) => id);
    };
    const before = await accountsWith({ seed: 7, clock });
    const after = await accountsWith({ seed: 500, clock: new Date('2031-01-01T00:00:00Z') });
    expect(after[0]).toBe(Math.max(...before) + 1);
    rmSync(dataDir, { recursive: true });
  });
});
