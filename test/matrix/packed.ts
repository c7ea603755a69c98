import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtLibrary, builtSandbox } from '../helpers/host/build.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Tarballs by name of package, as a registry would serve them. */
export type Packed = Readonly<Record<'nestjs-powens-connections' | 'powens-sandbox', string>>;

/** Builds and packs what an application installs. */
export async function pack(folder: string): Promise<Packed> {
  return {
    'nestjs-powens-connections': packInto(folder, await builtLibrary()),
    'powens-sandbox': packInto(folder, await builtSandbox()),
  };
}

function packInto(folder: string, from: string): string {
  const name = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: from,
    encoding: 'utf8',
  });
  return join(folder, name.trim());
}

/**
 * The README's line for a version of Nest, with the tarballs in place of names that no registry knows yet, and the versions
 * that a cell wants.
 */
export function installLine(nest: string, packed: Packed, versions: Record<string, string> = {}): string[] {
  const major = nest.split('.')[0] ?? '';
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const [, names] = new RegExp(`^npm install (.*?) +# Nest ${major}$`, 'm').exec(text) ?? [];
  if (names === undefined) {
    throw new Error(`README.md has no line "npm install … # Nest ${major}"`);
  }
  return names.split(' ').map((name) => {
    const version = versions[name];
    return (
      (packed as Partial<Record<string, string>>)[name] ??
      (version === undefined ? name : `${name}@${version}`)
    );
  });
}
