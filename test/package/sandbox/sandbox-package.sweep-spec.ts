import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { install, run, Running } from '../../matrix/commands.js';
import { packSandbox, type PackedPackage } from '../packed-library.js';

/** An ES module alone: `require` of it works on every Node that `engines` allows, and TypeScript 5.8 knows. */
const OF_ES_MODULES = ['CJSResolvesToESM'];

describe('the packed sandbox', () => {
  const packing = mkdtempSync(join(tmpdir(), 'sandbox-packed-'));
  const empty = mkdtempSync(join(tmpdir(), 'sandbox-installed-'));
  let sandbox: PackedPackage;

  beforeAll(async () => {
    sandbox = await packSandbox(packing);
  });

  afterAll(() => {
    rmSync(packing, { recursive: true, force: true });
    rmSync(empty, { recursive: true, force: true });
  });

  const read = (file: string): string => readFileSync(join(sandbox.folder, file), 'utf8');

  it('should be the build, a README, a changelog and a licence, without tests and source maps', () => {
    const others = sandbox.files.filter((file) => !/^dist\/[a-z0-9/.-]+\.(js|d\.ts)$/.test(file));
    expect(others.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    expect(sandbox.files.filter((file) => /spec|__/.test(file))).toEqual([]);
    expect(read('dist/index.js')).not.toContain('sourceMappingURL');
    expect(read('dist/main.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('should import what it lists and nothing else, and nothing of the library', () => {
    const imported = sandbox.files
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .flatMap((file) => packagesIn(read(file)));
    const listed = Object.keys(sandbox.manifest.dependencies);
    // Nest reads rxjs; it asks for it as a peer.
    expect([...new Set([...imported, 'rxjs'])].sort()).toEqual(listed.sort());
    expect(listed.filter((name) => /powens/.test(name))).toEqual([]);
  });

  it('should satisfy publint', async () => {
    const { messages } = await publint({ pkgDir: sandbox.folder, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('should resolve with its types in every mode of resolution', async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(sandbox.tarball)));
    expect(result.types).toEqual({ kind: 'included' });
    const problems = 'problems' in result ? result.problems : [];
    expect(problems.filter(({ kind }) => !OF_ES_MODULES.includes(kind))).toEqual([]);
  });

  it('should be installed into an empty folder, say that it is ready, answer, and stop', async () => {
    writeFileSync(join(empty, 'package.json'), '{ "private": true }\n');
    await install(empty, [sandbox.tarball]);
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(await run(empty, ['npx', 'powens-sandbox', '--version'])).toBe(`${version}\n`);

    const running = new Running(empty, ['npx', 'powens-sandbox', '--port', '0', '--data-dir', 'state']);
    try {
      await running.says('Powens sandbox ready: API http');
      const [, root = ''] = /API (http[^,\s]+)/.exec(running.output) ?? [];
      const answer = await fetch(`${root}/connectors?limit=1`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ connectors: [{ id: 40 }] });

      const { port } = new URL(root);
      const second = new Running(empty, ['npx', 'powens-sandbox', '--port', port]);
      expect(await second.end()).toBe(1);
      expect(second.output).toMatch(/^powens-sandbox: Port \d+ of 127\.0\.0\.1 .*in use.*\n$/);
    } finally {
      await running.kill();
    }
    const wrong = new Running(empty, ['npx', 'powens-sandbox', '--clock', 'soon']);
    expect(await wrong.end()).toBe(2);
  });
});

/** The packages that a file imports; what is relative or of Node itself is left out. */
function packagesIn(text: string): string[] {
  return [...text.matchAll(/^(?:import |(?:import|export) .*from |\} from )'([^'\n]+)';$/gm)]
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('.') && !isBuiltin(name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}
