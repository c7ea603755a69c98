import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const LOCK = join(root, 'node_modules', '.cache', 'test-build.lock');
/** For a build that hangs. */
const PATIENCE_MS = 600_000;

/** Something that tests run as it is shipped, and how it comes to be. */
interface Build {
  /** What is built from, below the root. */
  readonly sources: readonly string[];
  /** Every build writes it. */
  readonly stamp: string;
  readonly script: string;
}

const LIBRARY: Build = {
  sources: [
    'libs/connections/src',
    ...['lib', 'element'].map((part) => `libs/connections/tsconfig.${part}.json`),
    'tsconfig.json',
    'docs',
  ],
  stamp: 'libs/connections/dist/index.js',
  script: 'build:lib',
};

const SANDBOX: Build = {
  sources: ['libs/powens-sandbox/src', 'libs/powens-sandbox/tsconfig.lib.json', 'tsconfig.json'],
  stamp: 'libs/powens-sandbox/dist/index.js',
  script: 'build:sandbox',
};

/** Whether this process has looked: sources do not change while tests run. */
let isHostBuilt = false;

/** Builds the host as `npm start` does, where the sources differ from the last build. @returns the path of a file of it */
export async function builtHost(file: string): Promise<string> {
  return builtFile(join('src', file));
}

/** Builds the command line as `npm run connections` does. @returns its path */
export async function builtCommand(): Promise<string> {
  return builtFile(join('libs', 'connections', 'src', 'cli', 'connections.js'));
}

async function builtFile(path: string): Promise<string> {
  // It has a lock of its own for many that ask at the same time.
  if (!isHostBuilt) run(process.execPath, ['scripts/build-cli.mjs']);
  isHostBuilt = true;
  return Promise.resolve(join(root, 'dist', path));
}

/** Builds the library as it is published. @returns the folder of the package */
export async function builtLibrary(): Promise<string> {
  await ensureBuilt(LIBRARY);
  return join(root, 'libs', 'connections');
}

/** Builds the sandbox as it is published. @returns the folder of the package */
export async function builtSandbox(): Promise<string> {
  await ensureBuilt(SANDBOX);
  return join(root, 'libs', 'powens-sandbox');
}

/** One build at a time, whatever number of test processes asks for it; the others find it done. */
async function ensureBuilt(build: Build): Promise<void> {
  if (isFresh(build)) return;
  await takeLock();
  try {
    if (isFresh(build)) return;
    run('npm', ['run', '--silent', build.script]);
    // The compiler leaves alone what did not change: without this, a touched source would ask for a build for ever.
    const now = new Date();
    utimesSync(join(root, build.stamp), now, now);
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

function isFresh({ sources, stamp }: Build): boolean {
  const path = join(root, stamp);
  return existsSync(path) && newest(sources.map((one) => join(root, one))) <= statSync(path).mtimeMs;
}

function newest(paths: readonly string[]): number {
  return Math.max(0, ...paths.map(changedAt));
}

function changedAt(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const entries = readdirSync(path).filter((name) => name !== 'dist' && name !== 'node_modules');
  return newest(entries.map((name) => join(path, name)).filter((name) => !/spec\.ts$/.test(name)));
}

async function takeLock(): Promise<void> {
  mkdirSync(dirname(LOCK), { recursive: true });
  const end = performance.now() + PATIENCE_MS;
  while (!isTaken()) {
    if (performance.now() > end) throw new Error(`another process builds for too long: ${LOCK}`);
    await sleep(200);
  }
}

function isTaken(): boolean {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isHeld()) rmSync(LOCK, { force: true });
    return false;
  }
}

function isHeld(): boolean {
  try {
    process.kill(Number(readFileSync(LOCK, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}
