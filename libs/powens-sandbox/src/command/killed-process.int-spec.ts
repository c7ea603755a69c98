import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { builtSandbox } from '../../../../test/helpers/host/build.js';
import { until } from '../../../../test/helpers/until.js';
import { CREDENTIALS } from '../__helpers__/sandbox.harness.js';

const ANSWERS = 40;

const dataDir = mkdtempSync(join(tmpdir(), 'powens-sandbox-killed-'));
let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** Starts the command as it is published. @returns its root, once it says that it is ready */
async function start(): Promise<string> {
  const main = join(await builtSandbox(), 'dist', 'main.js');
  const argv = [main, '--port', '0', '--data-dir', dataDir];
  const started = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  let output = '';
  started.stdout.on('data', (part: Buffer) => (output += part.toString('utf8')));
  await until(() => output.includes('ready') || started.exitCode !== null);
  return /API (http:\S+)\/2\.0/.exec(output)?.[1] ?? output;
}

async function newUser(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(CREDENTIALS);
  const answer = await fetch(`${url}/2.0/auth/init`, { method: 'POST', headers, body });
  return ((await answer.json()) as { auth_token: string }).auth_token;
}

async function isKnown(url: string, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${url}/2.0/users/me`, { headers })).ok;
}

describe('a sandbox with a data directory', () => {
  it('should know everything that it answered before a kill -9 in the middle of its work', async () => {
    const url = await start();
    const answered: string[] = [];
    const client = async (): Promise<void> => {
      for (;;) answered.push(await newUser(url));
    };
    const clients = [client(), client(), client()].map(async (one) => one.catch(() => 'cut'));
    await until(() => answered.length >= ANSWERS);
    child?.kill('SIGKILL');
    expect(await Promise.all(clients)).toEqual(['cut', 'cut', 'cut']);
    const again = await start();
    for (const token of answered) {
      expect(await isKnown(again, token)).toBe(true);
    }
    child?.kill('SIGTERM');
    expect(await once(child as ChildProcess, 'exit')).toEqual([0, null]);
  });
});
