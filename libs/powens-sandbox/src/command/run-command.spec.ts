import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runCommand } from './run-command.js';

interface Ran {
  readonly exitCode: number | null;
  readonly url: string;
  readonly now: string;
  readonly out: string;
  readonly err: string;
}

/** Runs the command; a sandbox that starts is asked for its clock, and stopped. */
async function powensSandbox(...argv: string[]): Promise<Ran> {
  const printed = { out: '', err: '' };
  const outcome = await runCommand(argv, {
    stdout: { write: (text) => (printed.out += text) },
    stderr: { write: (text) => (printed.err += text) },
  });
  if ('exitCode' in outcome) {
    return { ...printed, exitCode: outcome.exitCode, url: '', now: '' };
  }
  const { sandbox } = outcome;
  const now = (await sandbox.advanceClock(0)).toISOString();
  await sandbox.close();
  return { ...printed, exitCode: null, url: sandbox.url, now };
}

const folder = mkdtempSync(join(tmpdir(), 'powens-sandbox-command-'));
const file = join(folder, 'file');
writeFileSync(file, '');

afterAll(() => rmSync(folder, { recursive: true }));

describe('powens-sandbox', () => {
  it('should start on the port, with the clock, and end its output with where it listens', async () => {
    const argv = ['--port', '0', '--seed', '3', '--clock', '2026-03-01T09:30:00+01:00'];
    const { out, err, url, now } = await powensSandbox(...argv, '--data-dir', join(folder, 'state'));
    expect(out.split('\n').at(-2)).toBe(
      `Powens sandbox ready: API ${url}/2.0, webview ${url}/en/connect, guide ${url}/`,
    );
    expect(out).toContain(join(folder, 'state'));
    expect([now.slice(0, 13), err]).toEqual(['2026-03-01T08', '']);
  });

  it('should print its options and its version, and start nothing', async () => {
    const help = await powensSandbox('--help');
    expect(help).toMatchObject({ exitCode: 0, err: '' });
    for (const option of ['--port', '--data-dir', '--seed', '--clock', '--help', '--version']) {
      expect(help.out).toContain(option);
    }
    expect(await powensSandbox('--version')).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });

  it.each([
    ['--port', 'x'],
    ['--port', ''],
    ['--port', '65536'],
    ['--port', '-1'],
    ['--port', '0x10'],
    ['--port'],
    ['--seed', '1000'],
    ['--seed', '1.5'],
    ['--clock', '1999-01-01'],
    ['--clock', '2026-02-31'],
    ['--clock', '2026-03-01T09:30:00'],
    ['--clock', 'tomorrow'],
    ['--data-dir', ''],
    ['--data-dirr', 'x'],
    ['start'],
  ])('should refuse %s %s in one line, with exit code 2', async (...argv) => {
    const { exitCode, out, err } = await powensSandbox(...argv);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/^powens-sandbox: [^\n]+ See powens-sandbox --help\.\n$/);
    expect(err).toContain(argv[0].replace(/^--/, ''));
  });

  it.each([
    ['a file', file],
    ['a path below a file', join(file, 'below')],
    ['a directory of the system', '/proc/powens'],
    ['a path that is too long', join(folder, 'x'.repeat(300))],
  ])('should say in one line why %s cannot be used, with exit code 1', async (_what, path) => {
    const { exitCode, err } = await powensSandbox('--port', '0', '--data-dir', path);
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /^powens-sandbox: The data-dir .* cannot be used: .*\. Choose a directory that this user can write\.\n$/,
    );
    expect(err).toContain(path);
  });

  it('should say in one line that a kept state is damaged', async () => {
    const path = join(folder, 'damaged');
    await powensSandbox('--port', '0', '--data-dir', path);
    writeFileSync(join(path, 'powens-sandbox', 'journal.log'), 'rubbish\n');
    const { exitCode, err } = await powensSandbox('--port', '0', '--data-dir', path);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^powens-sandbox: The state in .* cannot be read: .* Move that directory away.*\n$/);
  });

  it('should say in one line that the port is in use', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { exitCode, err } = await powensSandbox('--port', String(port));
    server.close();
    expect(written).not.toHaveBeenCalled();
    expect(exitCode).toBe(1);
    expect(err).toBe(
      `powens-sandbox: Port ${port} of 127.0.0.1 cannot be listened on: it is in use (EADDRINUSE). Choose another port, or 0 for a free one.\n`,
    );
  });
});
