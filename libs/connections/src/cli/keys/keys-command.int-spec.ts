import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { captureOutput } from '../../../../../test/helpers/canary/collector.js';
import { postgresCapabilities } from '../../../../../test/helpers/database.js';
import {
  madeUpKey,
  rotationUnderTest,
  type RotationUnderTest,
} from '../../custody/__support__/rotation-under-test.js';
import { runKeysCommand } from './keys-command.js';

/** What a run of the command left. */
interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

// On PGlite the sessions of the test and of the command would wait for one another.
describe.skipIf(!postgresCapabilities().concurrent)(runKeysCommand.name, () => {
  const [k1, k2] = ['k1', 'k2'].map(madeUpKey) as [string, string];
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

  async function run(line: string, args: Partial<RunOptions> = {}): Promise<Ran> {
    return runWith(line, {
      env: { DATABASE_URL: bench.database.url, CONNECTIONS_KEYS: `${k2},${k1}` },
      ...args,
    });
  }

  it('should rotate, with plain lines where there is no terminal', async () => {
    const rows = await bench.put(100, k1);
    const { code, stdout, stderr } = await run('rotate --batch 10');
    expect(code).toBe(0);
    expect(stderr.split('\n')).toHaveLength(12);
    expect(stderr).toContain('50 %, 50 of 100 rows re-encrypted\n');
    expect(stdout).toContain('100 rows re-encrypted, 0 skipped, 0 unreadable, 0 left');
    expect(await bench.read(rows[99]!, k2)).toBe(rows[99]!.token);
  });

  it('should draw a bar on a terminal', async () => {
    await bench.put(30, k1);
    const { stderr } = await run('rotate --batch 10', { isTTY: true });
    expect(stderr.split('\r')).toHaveLength(5);
    expect(stderr).toContain(`[${'#'.repeat(30)}] 100 %, 30 of 30 rows re-encrypted\n`);
  });

  it('should count by key', async () => {
    await bench.put(12, k1);
    expect(await run('count')).toEqual({
      code: 0,
      stderr: '',
      stdout:
        'Tokens and connections of instance "default" by key:\nk2   0  primary: used for all that is new\nk1  12  still needed: run "rotate"\n',
    });
    await run('rotate');
    expect((await run('count')).stdout).toContain('k1   0  may be removed');
  });

  it('should call a key that is missing by its name', async () => {
    await bench.put(1, k1);
    const env = { DATABASE_URL: bench.database.url, CONNECTIONS_KEYS: k2 };
    const counted = await run('count', { env });
    expect(counted.code).toBe(1);
    expect(counted.stdout).toContain('k1  1  MISSING');
    const rotated = await run('rotate', { env });
    expect(rotated.code).toBe(2);
    expect(rotated.stderr).toContain('lacks the key "k1"');
  });

  it('should verify, and tell what cannot be opened', async () => {
    const [row] = await bench.put(3, k1);
    expect(await run('verify')).toMatchObject({ code: 0, stdout: '3 rows checked, 0 unreadable.\n' });
    await bench.dataSource.query(`UPDATE powens_user SET owner_id = 'x' WHERE id = $1`, [row!.id]);
    const found = await run('verify');
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('token_tampered: 1.');
    const rotated = await run('rotate');
    expect(rotated).toMatchObject({ code: 1 });
    expect(rotated.stdout).toContain('2 rows re-encrypted, 0 skipped, 1 unreadable, 1 left');
  });

  it('should end with 130 when it is interrupted, and finish when it is run again', async () => {
    await bench.put(10, k1);
    const interrupted = await run('rotate --batch 5', { signal: AbortSignal.abort() });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stdout).toContain('10 left');
    expect((await run('rotate')).code).toBe(0);
  });

  it('should work on the tokens of the instance named, and of no other', async () => {
    await bench.put(2, k1);
    expect((await run('rotate --instance other')).stdout).toContain('0 rows re-encrypted');
    expect((await run('count')).stdout).toContain('k1  2');
  });

  it('should find the tables of a schema and a prefix', async () => {
    const elsewhere = await rotationUnderTest({ schema: 'banks', entityPrefix: 'my_' });
    const env = { DATABASE_URL: elsewhere.database.url, CONNECTIONS_KEYS: `${k2},${k1}` };
    try {
      const [row] = await elsewhere.put(2, k1);
      const missing = await run('count', { env });
      expect(missing.code).toBe(3);
      expect(missing.stderr).toContain('is missing');
      expect((await run('rotate --schema banks --prefix my_', { env })).code).toBe(0);
      expect(await elsewhere.read(row!, k2)).toBe(row!.token);
    } finally {
      await elsewhere.close();
    }
  });

  it('should ask a key provider for the ring, but not beside plain keys', async () => {
    const file = join(inject('runFolder'), 'key-provider.mjs');
    writeFileSync(file, `export default { loadKeys: async () => process.env.RING_OF_TEST.split(' ') };`);
    process.env['RING_OF_TEST'] = `${k2} ${k1}`;
    await bench.put(1, k1);
    const { url } = bench.database;
    expect((await run(`rotate --key-provider ${file}`, { env: { DATABASE_URL: url } })).code).toBe(0);
    expect((await run(`rotate --key-provider ${file}`)).code).toBe(2);
    const lost = await run(`count --key-provider ${file}.gone`, { env: { DATABASE_URL: url } });
    expect(lost.code).toBe(2);
  });

  it.each([
    ['no command', '', {}],
    ['an unknown option', 'count --nope', {}],
    ['a batch of nothing', 'rotate --batch 0', {}],
    ['no database', 'count', { DATABASE_URL: undefined }],
    ['a database of another kind', 'count', { DATABASE_URL: 'mysql://root:hunter2hunter2@localhost/x' }],
    ['no keys', 'count', { CONNECTIONS_KEYS: undefined }],
    ['a short key', 'count', { CONNECTIONS_KEYS: 'k1:aHVudGVyMmh1bnRlcjI=' }],
  ])('should end with 2 for %s, and repeat no secret', async (_, line, env) => {
    const standard = { DATABASE_URL: bench.database.url, CONNECTIONS_KEYS: `${k2},${k1}` };
    const { code, stdout, stderr } = await run(line, { env: { ...standard, ...env } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/hunter2|aHVudGVyMm/);
  });

  it('should end with 3 when the database does not answer, and not print its URL', async () => {
    const env = { DATABASE_URL: 'postgres://me:hunter2hunter2@127.0.0.1:9/x', CONNECTIONS_KEYS: k1 };
    const { code, stderr } = await run('count', { env });
    expect(code).toBe(3);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).not.toContain('hunter2');
  });

  it('should print its help', async () => {
    expect(await run('--help', { env: {} })).toMatchObject({ code: 0, stderr: '' });
  });
});

interface RunOptions {
  readonly env: Record<string, string | undefined>;
  readonly isTTY: boolean;
  readonly signal: AbortSignal;
}

async function runWith(line: string, args: Partial<RunOptions> & Pick<RunOptions, 'env'>): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: args.isTTY ?? false,
    write: (text: string): void => {
      written[name] += text;
      captureOutput('connections keys', text);
    },
  });
  const code = await runKeysCommand(
    line.split(' ').filter((word) => word !== ''),
    {
      env: args.env,
      stdout: output('stdout'),
      stderr: output('stderr'),
      signal: args.signal ?? new AbortController().signal,
    },
  );
  return { code, ...written };
}
