import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtLibrary, builtSandbox } from '../helpers/host/build.js';

/** The name of the package. */
export const NAME = 'nestjs-powens-connections';

/** What the tests read of its `package.json`. */
export interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly peerDependenciesMeta: Record<string, { readonly optional: boolean }>;
  readonly bin: Record<string, string>;
  readonly schematics: string;
  readonly repository: { readonly url: string; readonly directory: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly keywords: readonly string[];
}

/** A package as `npm pack` gives it. */
export interface PackedPackage {
  readonly tarball: string;
  /** Where it is unpacked, as an installation would. */
  readonly folder: string;
  /** The paths of its files. */
  readonly files: readonly string[];
  readonly unpackedBytes: number;
  readonly manifest: Manifest;
}

/** Builds and packs the library, and unpacks it into the `node_modules` of a folder. */
export async function packLibrary(host: string): Promise<PackedPackage> {
  return packInto(host, await builtLibrary(), NAME);
}

/** Builds and packs the sandbox, and unpacks it into the `node_modules` of a folder. */
export async function packSandbox(host: string): Promise<PackedPackage> {
  return packInto(host, await builtSandbox(), 'powens-sandbox');
}

function packInto(host: string, built: string, name: string): PackedPackage {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', host], {
    cwd: built,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files, unpackedSize }] = JSON.parse(packed) as [
    { files: { path: string }[]; unpackedSize: number },
  ];
  const tarball = join(host, readdirSync(host).find((file) => file.endsWith('.tgz')) ?? 'nothing');
  const folder = join(host, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  return {
    tarball,
    folder,
    files: files.map(({ path }) => path),
    unpackedBytes: unpackedSize,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest,
  };
}
