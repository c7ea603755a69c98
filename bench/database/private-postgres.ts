import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A PostgreSQL of this run alone, with the durability that it has out of the box. */
export interface PrivatePostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
type Account = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** Creates a cluster in a temporary folder and starts a server on a free loopback port. */
export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const binaries = findBinaries();
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), 'powens-connections-bench-'));
  if (typeof account.uid === 'number') {
    chownSync(folder, account.uid, account.gid);
  }
  const options = { ...account, cwd: folder, stdio: 'ignore' } as const;
  const flags = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C'];
  execFileSync(join(binaries, 'initdb'), ['-D', folder, ...flags], options);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=on'];
  const server = spawn(
    join(binaries, 'postgres'),
    ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    options,
  );
  // Also when this process leaves in a hurry.
  const kill = (): boolean => server.kill('SIGQUIT');
  process.once('exit', kill);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      process.off('exit', kill);
      await stopServer(server);
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Asks the operating system for a free loopback port. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function findBinaries(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const path = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const found = [...versions.map((version) => join(debian, version, 'bin')), ...path].find((folder) =>
    ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))),
  );
  if (found === undefined) {
    throw new Error('no PostgreSQL: set DATABASE_URL, start one on 127.0.0.1:5432, or install its binaries');
  }
  return found;
}

function serverAccount(): Account {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const [, , uid, gid] = lines.find((line) => /^(postgres|nobody):/.test(line))?.split(':') ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error('root needs an unprivileged account to run PostgreSQL under: postgres or nobody');
  }
  return { uid: Number(uid), gid: Number(gid) };
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const exited = once(server, 'exit');
    server.kill('SIGINT');
    await exited;
  }
}
