import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KeyRing } from '../../custody/crypto/key-ring.js';
import type { Environment } from '../shared/output.js';
import { generateKey } from './generate-key.js';
import { runKeysCommand } from './keys-command.js';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function keys(argv: readonly string[], env: Environment = {}): Promise<Outcome> {
  const printed = { out: '', err: '' };
  const code = await runKeysCommand(argv, {
    env,
    stdout: { write: (text: string) => (printed.out += text) },
    stderr: { write: (text: string) => (printed.err += text) },
    signal: new AbortController().signal,
  });
  return { code, ...printed };
}

describe('connections keys generate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-file-'));
  const { entry } = generateKey(undefined);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('should print one entry that a ring takes, without a database [H30]', async () => {
    const { code, out, err } = await keys(['generate']);
    expect(code).toBe(0);
    expect(out).toMatch(/^k1:[A-Za-z0-9+/]{43}=\n$/);
    expect(KeyRing.parse(out.trim()).ids).toEqual(['k1']);
    expect(err).toContain('Set it as CONNECTIONS_KEYS');
    expect((await keys(['generate'])).out).not.toBe(out);
  });

  it('should take an id that the ring does not have, and repeat no key of it [H30]', async () => {
    const env = { CONNECTIONS_KEYS: entry };
    const { out, err } = await keys(['generate'], env);
    expect(KeyRing.parse(`${out.trim()},${entry}`).ids).toEqual(['k2', 'k1']);
    expect(err).toContain('rotate');
    expect(`${out}${err}`).not.toContain(entry.slice(3));
    expect((await keys(['generate', '--key', 'next'], env)).out).toMatch(/^next:/);
  });

  it.each(['k1', 'a b', 'k/1'])('should refuse the id %j, and print no key [H30]', async (id) => {
    const { code, out } = await keys(['generate', '--key', id], { CONNECTIONS_KEYS: entry });
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('should read a file of variables, which those of the process outweigh [H30]', async () => {
    const file = join(folder, '.env');
    writeFileSync(file, `# ring\nCONNECTIONS_KEYS="${entry}"\n`);
    expect((await keys(['generate', '--env-file', file])).out).toMatch(/^k2:/);
    expect((await keys(['generate', '--env-file', file], { CONNECTIONS_KEYS: '' })).out).toMatch(/^k1:/);
  });

  it('should say that the file of variables cannot be read [H30]', async () => {
    const missing = join(folder, 'none');
    expect(await keys(['generate', '--env-file', missing])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--env-file cannot be read (ENOENT)') as string,
    });
  });
});
