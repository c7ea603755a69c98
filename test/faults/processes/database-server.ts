import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findEmbeddedBinaries, findSystemBinaries } from '../../helpers/postgres/binaries.js';
import { withClient } from '../../helpers/postgres/client.js';
import { freePort } from '../../helpers/free-port.js';
import { findServerAccount } from '../../helpers/postgres/server-account.js';

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  // What a `kill -9` leaves is in the machine's memory, and survives without.
  'fsync=off',
  'max_connections=200',
  'shared_buffers=32MB',
  'max_wal_size=32MB',
  'min_wal_size=5MB',
  'restart_after_crash=on',
];

/** A PostgreSQL of the rig's own, which can be killed with everything it runs, and started again. */
export class DatabaseServer {
  readonly adminUrl: string;
  #postmaster: ChildProcess | null = null;

  private constructor(
    readonly folder: string,
    private readonly binaries: string,
    readonly port: number,
    private readonly onSmallDisk: boolean,
  ) {
    this.adminUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  /**
   * Creates a cluster and starts it.
   *
   * @param diskMib - on a disk of its own of that size, in memory: needs root
   */
  static async start(diskMib: number | null = null): Promise<DatabaseServer> {
    const account = findServerAccount();
    const folder = mkdtempSync(join(tmpdir(), 'faults-postgres-'));
    chmodSync(folder, 0o711);
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (diskMib !== null) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMib}m`, 'faults', data]);
    if (typeof account.uid === 'number') chownSync(data, account.uid, account.gid);
    chmodSync(data, 0o700);
    const binaries = findBinaries(folder);
    const flags = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
    execFileSync(join(binaries, 'initdb'), ['-D', data, '--wal-segsize=1', ...flags], {
      ...account,
      cwd: data,
      stdio: 'pipe',
    });
    const server = new DatabaseServer(folder, binaries, await freePort(), diskMib !== null);
    await server.startAgain();
    return server;
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  /** Whether it runs: a full disk may have ended it. */
  get isRunning(): boolean {
    return (
      this.#postmaster !== null && this.#postmaster.exitCode === null && this.#postmaster.signalCode === null
    );
  }

  async createDatabase(name: string): Promise<string> {
    await withClient(this.adminUrl, (client) => client.query(`CREATE DATABASE "${name}"`));
    const url = new URL(this.adminUrl);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** `kill -9` of the postmaster and of every process it started. */
  async kill(): Promise<void> {
    const postmaster = this.#postmaster;
    if (postmaster?.pid === undefined || !this.isRunning) return;
    const children = childrenOf(postmaster.pid);
    const exited = once(postmaster, 'exit');
    for (const pid of [postmaster.pid, ...children]) killQuietly(pid);
    await exited;
  }

  /** Starts it again, recovery included. */
  async startAgain(): Promise<void> {
    const settings = [...SETTINGS, `port=${this.port}`].flatMap((setting) => ['-c', setting]);
    this.#postmaster = spawn(join(this.binaries, 'postgres'), ['-D', this.dataFolder, ...settings], {
      ...findServerAccount(),
      cwd: this.dataFolder,
      stdio: 'ignore',
    });
    while (!(await this.answers())) {
      if (!this.isRunning) throw new Error('PostgreSQL does not start');
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    if (this.onSmallDisk) execFileSync('umount', ['-l', this.dataFolder]);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async answers(): Promise<boolean> {
    try {
      await withClient(this.adminUrl, (client) => client.query('SELECT 1'));
      return true;
    } catch {
      return false;
    }
  }
}

function findBinaries(folder: string): string {
  const account = findServerAccount();
  try {
    return findSystemBinaries(account);
  } catch {
    return findEmbeddedBinaries(account, folder);
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number | null {
  try {
    // The name in parentheses may hold anything, spaces too.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return null;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
