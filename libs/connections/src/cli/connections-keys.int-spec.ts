import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../../../test/helpers/canary/collector.js';
import { postgresCapabilities } from '../../../../test/helpers/database.js';
import { builtCommand } from '../../../../test/helpers/host/build.js';
import { rounds } from '../../../../test/helpers/sweeps.js';
import {
  madeUpKey,
  rotationUnderTest,
  type RotationUnderTest,
} from '../custody/__support__/rotation-under-test.js';

/** `ROTATION_ROWS=100000` is what a product has after years; it takes minutes. */
const ROWS = rounds(800, Number(process.env['ROTATION_ROWS'] ?? 2000));
const KILLS = rounds(2, 5);

/** A process of its own, as an operator starts it. */
describe.skipIf(!postgresCapabilities().concurrent)('connections keys', () => {
  const [k1, k2] = ['k1', 'k2'].map(madeUpKey) as [string, string];
  let bench: RotationUnderTest;
  let command: string;

  beforeAll(async () => {
    command = await builtCommand();
    bench = await rotationUnderTest();
  });

  afterAll(async () => {
    await bench.close();
  });

  function start(...argv: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [command, 'keys', ...argv], {
      env: { PATH: process.env['PATH'], DATABASE_URL: bench.database.url, CONNECTIONS_KEYS: `${k2},${k1}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) => captureOutput('connections keys', piece));
    }
    return child;
  }

  it('should start with the line that makes a file a command', () => {
    expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('should leave every token readable each time it is killed, and finish when it is run again', async () => {
    const rows = await bench.put(ROWS, k1);
    const left = async (): Promise<number> =>
      (await bench.service(`${k2},${k1}`).countByKey()).find(({ keyId }) => keyId === 'k1')!.tokens;
    for (let round = 1; round <= KILLS; round += 1) {
      const child = start('rotate', '--batch', '2');
      // At the second line a tenth is done: it is killed in the middle of whatever comes next.
      const [signal] = await Promise.all([exitOf(child), killAtLine(child, 2)]);
      expect(signal).toBe('SIGKILL');
      const verified = await bench.service(`${k2},${k1}`).verify();
      expect(verified).toEqual({ checked: ROWS, unreadable: { key_unavailable: 0, token_tampered: 0 } });
    }
    expect(await left()).toBeGreaterThan(0);
    expect(await left()).toBeLessThan(ROWS);
    expect(await exitOf(start('rotate'))).toBe(0);
    expect(await left()).toBe(0);
    for (const row of rows.filter((_, index) => index % 100 === 0)) {
      expect(await bench.read(row, k2)).toBe(row.token);
    }
  });

  it('should stop at the end of a batch when it is asked to', async () => {
    await bench.empty();
    await bench.put(ROWS, k1);
    const child = start('rotate', '--batch', '2');
    const exit = exitOf(child);
    await lines(child, 2);
    child.kill('SIGINT');
    expect(await exit).toBe(130);
  });
});

/** The exit code, or the signal that ended it. */
async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code;
}

async function killAtLine(child: ChildProcess, count: number): Promise<void> {
  await lines(child, count);
  child.kill('SIGKILL');
}

/** Waits for so many lines of progress, or the end. */
async function lines(child: ChildProcess, count: number): Promise<void> {
  let seen = 0;
  await new Promise<void>((resolve) => {
    child.stderr!.on('data', (piece: Buffer) => {
      seen += piece.toString().split('\n').length - 1;
      if (seen >= count) resolve();
    });
    child.once('exit', () => {
      resolve();
    });
  });
}
