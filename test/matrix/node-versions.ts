import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './commands.js';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/matrix-node/', import.meta.url));

/** The package of the registry that holds the program for this machine. */
const PACKAGE = `node-${process.platform}-${process.arch}`;

/**
 * Installs the newest Node of a line, as `22` or `20.19`, unless an earlier run has.
 *
 * @returns the `PATH` with which a process, and what it starts, runs on it
 */
export async function pathOfNode(line: string): Promise<string> {
  const folder = join(CACHE, line);
  const bin = join(folder, 'node_modules', PACKAGE, 'bin');
  if (!existsSync(bin)) {
    // Under a name of its own until it is whole: an interrupted installation is none.
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'package.json'), '{ "private": true }\n');
    await run(unfinished, ['npm', 'install', '--no-audit', '--no-fund', `${PACKAGE}@${line}`]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  }
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

/** The exact version of the Node of a path. */
export function versionOfNode(path: string): string {
  const version = execFileSync('node', ['--version'], { env: { PATH: path }, encoding: 'utf8' });
  return version.trim().replace(/^v/, '');
}
