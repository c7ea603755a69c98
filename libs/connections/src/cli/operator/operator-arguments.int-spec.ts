import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { runCommand, type CommandRan } from '../__support__/command-under-test.js';
import { COMMANDS } from './commands.js';

const ENVIRONMENT = {
  DATABASE_URL: 'postgres://me:hunter2hunter2@127.0.0.1:9/x',
  CONNECTIONS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  POWENS_DOMAIN: 'acme-sandbox',
  POWENS_CLIENT_ID: '20000001',
  POWENS_CLIENT_SECRET: 'made-up-client-secret',
  PUBLIC_URL: 'https://app.example.com',
};

describe('the arguments of connections', () => {
  const run = async (line: string): Promise<CommandRan> => runCommand(line.split(' '), ENVIRONMENT);

  it('should list every command in its help', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const { words } of COMMANDS) expect(stdout).toContain(`\n  ${words.join(' ')}`);
    expect(stdout).toMatch(/\n {2}doctor .*\n {2}keys /);
  });

  it.each([...new Set(COMMANDS.map(({ words: [word = ''] }) => word)), 'doctor', 'keys'])(
    'should tell of %s in its help, without an environment',
    async (word) => {
      const { code, stdout } = await runCommand([word, '--help'], {});
      expect([code, stdout]).toEqual([0, expect.stringContaining(`Usage: connections ${word}`)]);
      expect(stdout).toContain('Exit codes');
    },
  );

  it.each([
    'hunter2',
    'outbox',
    'outbox hunter2',
    'outbox show',
    'outbox list hunter2',
    'search --hunter2',
    'search --owner',
    'search --tenant hunter2',
    'search --limit hunter2',
    'search --limit 0',
    'sync hunter2',
    'import /hunter2',
    'search --env-file /hunter2',
  ])('should end with 2 for %s, and not repeat it', async (line) => {
    const { code, stdout, stderr } = await run(line);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--help');
    expect(stderr).not.toContain('hunter2');
  });

  it('should end with 3 where the database does not answer, and not print its URL', async () => {
    const { code, stderr } = await run('search');
    expect(code).toBe(3);
    expect(stderr).not.toContain('hunter2');
  });
});
