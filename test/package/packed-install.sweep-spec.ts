import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtLibrary } from '../helpers/host/build.js';
import { VALUES } from './public-api.js';

const NAME = 'nestjs-powens-connections';
const root = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly bin: Record<string, string>;
}

describe('the packed library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  const installed = join(folder, 'node_modules', NAME);
  let files: string[];
  let listed: string[];
  let manifest: Manifest;

  beforeAll(async () => {
    files = packInto(folder, await builtLibrary());
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', tarballIn(folder), '-C', installed, '--strip-components=1']);
    manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
    listed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    // What a package manager would have put beside it, and nothing else.
    listed.forEach((name) => link(join(folder, 'node_modules', name), join(root, 'node_modules', name)));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function run(file: string, content: string): unknown {
    writeFileSync(join(folder, file), content);
    return JSON.parse(
      execFileSync(process.execPath, [join(folder, file)], { encoding: 'utf8', cwd: folder }),
    );
  }

  it('should hold the build, a README and a licence, and no test', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json', 'dist/index.js']));
    const others = files.filter(
      (file) => !/^(dist\/.*\.(js|d\.ts|js\.map)|README\.md|LICENSE|package\.json)$/.test(file),
    );
    expect(others).toEqual([]);
    expect(files.filter((file) => /spec|__|fixture/.test(file))).toEqual([]);
    expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toBe(
      readFileSync(join(root, 'LICENSE'), 'utf8'),
    );
  });

  it('should import nothing that it does not list', () => {
    const imported = files
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .flatMap((file) => packagesIn(readFileSync(join(installed, file), 'utf8')));
    expect(imported.length).toBeGreaterThan(100);
    expect([...new Set(imported)].filter((name) => !listed.includes(name))).toEqual([]);
    // And installs nothing that it does not import; peers may be there for the sake of other peers.
    expect(Object.keys(manifest.dependencies).filter((name) => !imported.includes(name))).toEqual([]);
  });

  it('should be imported by an ES module', () => {
    const host = `
      import 'reflect-metadata';
      import * as library from '${NAME}';
      import { CustomConnectionsService } from '${NAME}/custom';
      import { describeOwnership } from '${NAME}/testing';
      const others = [typeof CustomConnectionsService, typeof describeOwnership];
      console.log(JSON.stringify([Object.keys(library).sort(), others]));`;
    expect(run('host.mjs', host)).toEqual([VALUES, ['function', 'function']]);
  });

  it('should be required by a CommonJS module, as one and the same library', () => {
    const host = `
      require('reflect-metadata');
      const library = require('${NAME}');
      const isOne = import('${NAME}').then((other) => other.ConnectionsModule === library.ConnectionsModule);
      isOne.then((same) => console.log(JSON.stringify([Object.keys(library).sort(), same])));`;
    expect(run('host.cjs', host)).toEqual([VALUES, true]);
  });

  it('should keep deep paths to itself', () => {
    const host = `
      import('${NAME}/dist/flow/connections.service.js').then(
        () => console.log('"reached"'),
        (error) => console.log(JSON.stringify(error.code)),
      );`;
    expect(run('deep.mjs', host)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('should have commands that say what they do', () => {
    expect(Object.keys(manifest.bin)).toEqual(['connections-keys', 'connections-doctor']);
    for (const [name, command] of Object.entries(manifest.bin)) {
      const help = execFileSync(process.execPath, [join(installed, command), '--help'], { encoding: 'utf8' });
      expect(help).toContain(`Usage: ${name}`);
    }
  });
});

/** Packs the library. @returns the names of the files in the tarball */
function packInto(folder: string, library: string): string[] {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: library,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

function tarballIn(folder: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  return join(folder, name ?? 'nothing was packed');
}

function link(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** The packages that a file imports, without their subpaths; what is relative or of Node itself is left out. */
function packagesIn(text: string): string[] {
  const specifiers = [...text.matchAll(/\b(?:from|import\(?)\s*['"]([^'"\n]+)['"]/g)].map(
    ([, name = '']) => name,
  );
  return specifiers
    .filter((name) => !name.startsWith('.') && !isBuiltin(name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}
