import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fingerprint, isBuilt, STAMP, writeStamp } from './sources.mjs';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('../', import.meta.url));

const LOCK = join(ROOT, 'node_modules', '.cache', 'build.lock');
const LOCK_POLL_MS = 200;

/** The build did not succeed; the message says what to do, without a stack. */
export class BuildError extends Error {}

/**
 * Builds `dist` unless it was built from the present sources, one process at a time.
 *
 * @param {{ force?: boolean, entry?: string, say?: (line: string) => void }} [options] - `force` builds in any case;
 *   `entry` is an output file that must be there; `say` is told before something that takes long
 * @throws {BuildError} when the compiler refuses the sources, or is not installed and there is nothing to fall back on
 */
export async function ensureBuilt({ force = false, entry, say = () => undefined } = {}) {
  if (!force && isUsable(entry)) return;
  if (!hasCompiler()) return withoutCompiler(entry, say);
  await takeLock(say);
  try {
    // Another process may have built while this one waited.
    if (!force && isUsable(entry)) return;
    say('Building (the sources are newer than the last build; 10 to 60 s) …');
    build(entry);
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** Whether the compiler is there: it is a development dependency, which `npm ci --omit=dev` leaves out. */
export function hasCompiler() {
  try {
    const require = createRequire(join(ROOT, 'package.json'));
    require.resolve('@nestjs/cli/package.json');
    require.resolve('typescript/package.json');
    return true;
  } catch {
    return false;
  }
}

function isUsable(entry) {
  return isBuilt(ROOT) && (entry === undefined || existsSync(join(ROOT, entry)));
}

function withoutCompiler(entry, say) {
  if (entry === undefined || !existsSync(join(ROOT, entry))) {
    throw new BuildError(
      'There is no build, and the compiler is not installed: run `npm ci` (with development dependencies) first.',
    );
  }
  // An image of `dist` alone has no sources to compare with.
  if (fingerprint(ROOT) !== null) {
    say('Starting the last build: the sources differ from it, and the compiler is not installed.');
  }
}

function build(entry) {
  const sources = fingerprint(ROOT);
  if (sources === null) throw new BuildError('There are no sources to build.');
  const stamp = { stat: sources.stat, content: sources.content() };
  // Without its stamp an interrupted build is none.
  rmSync(join(ROOT, STAMP), { force: true });
  if (entry !== undefined && !existsSync(join(ROOT, entry))) {
    // The compiler does not write again what it believes to be there.
    rmSync(join(ROOT, 'dist', '.tsbuildinfo'), { force: true });
  }
  const { resolve } = createRequire(join(ROOT, 'package.json'));
  compile(resolve('@nestjs/cli/bin/nest.js'), 'build');
  // What runs in browsers has other types, and so a compilation of its own.
  compile(
    join(dirname(resolve('typescript/package.json')), 'bin', 'tsc'),
    '-p',
    'tsconfig.browser.build.json',
  );
  writeStamp(ROOT, stamp);
}

function compile(compiler, ...options) {
  const { status } = spawnSync(process.execPath, [compiler, ...options], {
    cwd: ROOT,
    // Both go to stderr: a command's own output may be read by a program.
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    throw new BuildError('The build failed: the lines above say where. Nothing was started.');
  }
}

async function takeLock(say) {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let isFirst = true; !isTaken(); isFirst = false) {
    if (isFirst) say('Waiting for another process that is building …');
    await sleep(LOCK_POLL_MS);
  }
}

/** Written aside, then linked: the lock is never there without the id of its holder. */
function isTaken() {
  const draft = `${LOCK}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, LOCK);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHolderAlive()) rmSync(LOCK, { force: true });
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isHolderAlive() {
  try {
    process.kill(Number(readFileSync(LOCK, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
