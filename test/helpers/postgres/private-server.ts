import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { withClient } from './client.js';
import type { PostgresKind, RunningPostgres } from './postgres-server.js';
import type { ServerAccount } from './server-account.js';

/** For one that hangs. */
const START_DEADLINE_MS = 300_000;

/**
 * Durability is switched off (the data is thrown away), but nothing is cleaned up either: dead rows and all of the
 * write-ahead log stay on disk, so that the canary scan sees everything that was ever written.
 */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'full_page_writes=off',
  'autovacuum=off',
  'wal_keep_size=16GB',
  'max_wal_size=16GB',
  'checkpoint_timeout=1h',
  'wal_compression=off',
  'max_connections=200',
  'shared_buffers=64MB',
  'log_min_messages=warning',
];

/** What {@link startPrivateServer} needs. */
export interface PrivateServerInput {
  readonly kind: PostgresKind;
  readonly binaries: string;
  readonly account: ServerAccount;
  readonly runFolder: string;
}

/** Creates a cluster in the run folder and starts a server on a free loopback port. */
export async function startPrivateServer(input: PrivateServerInput): Promise<RunningPostgres> {
  const dataDir = join(input.runFolder, 'pgdata');
  createCluster(input, dataDir);
  const port = await freePort();
  const adminUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const logFile = join(input.runFolder, 'postgres.log');
  const server = spawnServer(input, dataDir, port, logFile);
  await untilReady(server, adminUrl, logFile);
  return {
    capabilities: { adminUrl, kind: input.kind, concurrent: true, dataDir },
    stop: () => stopServer(server),
  };
}

function createCluster({ binaries, account }: PrivateServerInput, dataDir: string): void {
  mkdirSync(dataDir, { mode: 0o700 });
  if (typeof account.uid === 'number') chownSync(dataDir, account.uid, account.gid);
  const flags = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(binaries, 'initdb'), ['-D', dataDir, ...flags], {
    ...account,
    cwd: dataDir,
    env: cleanEnvironment(),
    stdio: 'pipe',
  });
}

function spawnServer(
  input: PrivateServerInput,
  dataDir: string,
  port: number,
  logFile: string,
): ChildProcess {
  const log = openSync(logFile, 'a');
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const server = spawn(join(input.binaries, 'postgres'), ['-D', dataDir, '-p', String(port), ...settings], {
    ...input.account,
    cwd: dataDir,
    env: cleanEnvironment(),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return server;
}

/** PG* variables of the developer's shell must not reach a private server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

async function untilReady(server: ChildProcess, adminUrl: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null) {
      throw new Error(`PostgreSQL stopped while starting: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
    }
    try {
      await withClient(adminUrl, (client) => client.query('SELECT 1'));
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(25);
    }
  }
}

/** SIGINT is PostgreSQL's "fast shutdown": sessions are ended, then everything is written to disk. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGINT');
  const outcome = await Promise.race([exited, delay(120_000, 'late', { ref: false })]);
  if (outcome === 'late') {
    server.kill('SIGQUIT');
    await exited;
  }
}
