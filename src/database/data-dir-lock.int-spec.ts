import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataDir } from './data-dir.js';
import { DataDirInUseError } from './data-dir-lock.js';

/** Another process that holds the lock as ours does, for as long as it lives. */
const HOLDER = `
  const [dataDir, socketDir] = process.argv.slice(1);
  const socket = socketDir + '/lock.sock';
  require('node:net').createServer((peer) => peer.destroy()).listen(socket, () => {
    require('node:fs').writeFileSync(dataDir + '/lock', JSON.stringify({ pid: process.pid, socket }));
    console.log('held');
  });`;

describe(claimDataDir.name, () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'lock-'));
  });

  afterEach(() => rmSync(dataDir, { recursive: true }));

  async function holder() {
    const socketDir = mkdtempSync(join(tmpdir(), 'powens-demo-'));
    const child = spawn(process.execPath, ['-e', HOLDER, dataDir, socketDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return { child, socketDir };
  }

  it('should make a private directory for sockets, and leave nothing behind', async () => {
    const claimed = await claimDataDir(dataDir);
    expect(existsSync(claimed.socketDir)).toBe(true);

    await claimed.release();

    expect(existsSync(claimed.socketDir)).toBe(false);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('should refuse a second one, naming the process that has it', async () => {
    const first = await claimDataDir(dataDir);

    await expect(claimDataDir(dataDir)).rejects.toThrow(DataDirInUseError);
    await expect(claimDataDir(dataDir)).rejects.toMatchObject({ dataDir, pid: process.pid });

    await first.release();
    await (await claimDataDir(dataDir)).release();
  });

  it('should refuse what another process has, and take it over after kill -9', async () => {
    const { child, socketDir } = await holder();
    await expect(claimDataDir(dataDir)).rejects.toMatchObject({ pid: child.pid });

    child.kill('SIGKILL');
    await once(child, 'exit');
    const claimed = await claimDataDir(dataDir);

    expect(existsSync(socketDir)).toBe(false);
    await claimed.release();
  });

  it('should let one of many win a lock that was left behind', async () => {
    writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: 1, socket: '/nowhere/lock.sock' }));

    const claims = await Promise.allSettled(Array.from({ length: 10 }, () => claimDataDir(dataDir)));

    const won = claims.filter((claim) => claim.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]?.value.release();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it.each(['', 'rubbish', '{"pid":"x"}', 'null'])(
    'should take over a lock file that holds %j',
    async (content) => {
      writeFileSync(join(dataDir, 'lock'), content);

      await (await claimDataDir(dataDir)).release();

      expect(readdirSync(dataDir)).toEqual([]);
    },
  );
});
