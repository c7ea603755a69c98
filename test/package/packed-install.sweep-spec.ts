import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAME, packLibrary, type PackedPackage } from './packed-library.js';
import { VALUES } from './public-api.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the packed library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  let library: PackedPackage;
  let listed: string[];

  beforeAll(async () => {
    library = await packLibrary(folder);
    const { dependencies, peerDependencies, peerDependenciesMeta } = library.manifest;
    listed = Object.keys({ ...dependencies, ...peerDependencies });
    // What a package manager would have put beside it, and nothing else: an optional peer is the host's decision.
    listed
      .filter((name) => peerDependenciesMeta[name]?.optional !== true)
      .forEach((name) => {
        link(join(folder, 'node_modules', name), join(root, 'node_modules', name));
      });
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

  it('should import nothing that it does not list', () => {
    const imported = library.files
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .flatMap((file) => packagesIn(readFileSync(join(library.folder, file), 'utf8')));
    expect(imported.length).toBeGreaterThan(100);
    expect([...new Set(imported)].filter((name) => !listed.includes(name))).toEqual([]);
    // And installs nothing that it does not import; peers may be there for the sake of other peers.
    expect(Object.keys(library.manifest.dependencies).filter((name) => !imported.includes(name))).toEqual([]);
  });

  it('should be imported by an ES module', () => {
    const host = `
      import 'reflect-metadata';
      import * as library from '${NAME}';
      import { CustomConnectionsService } from '${NAME}/custom';
      import { describeOwnership } from '${NAME}/testing';
      // A server that renders its tag imports it, too.
      import { definePowensConnections } from '${NAME}/element';
      definePowensConnections();
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
    expect(Object.keys(library.manifest.bin)).toEqual(['connections']);
    for (const [name, command] of Object.entries(library.manifest.bin)) {
      const help = execFileSync(process.execPath, [join(library.folder, command), '--help'], {
        encoding: 'utf8',
      });
      expect(help).toContain(`Usage: ${name}`);
    }
  });
});

function link(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** The packages that a file imports, without their subpaths; what is relative or of Node itself is left out. */
function packagesIn(text: string): string[] {
  // The compiler's own reader: an example in a comment, or in a text that is written somewhere, is no import.
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith('.') && !isBuiltin(name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}
