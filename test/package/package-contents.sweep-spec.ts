import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packLibrary, type PackedPackage } from './packed-library.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** For users of the library; what is about this repository is not in the package. */
const DOCUMENTS = [
  'architecture',
  'bank-data',
  'compatibility',
  'errors',
  'events',
  'front-end',
  'getting-started',
  'host-routes',
  'key-management',
  'links',
  'native-apps',
  'operations',
  'options',
  'popup',
  'threat-model',
];

/** An ES module alone: `require` of it works on every Node that `engines` allows, and TypeScript 5.8 knows. */
const OF_ES_MODULES = ['CJSResolvesToESM'];

describe('the contents of the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'contents-'));
  let library: PackedPackage;

  beforeAll(async () => {
    library = await packLibrary(folder);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const read = (file: string): string => readFileSync(join(library.folder, file), 'utf8');

  it('should be the build, its documents, a README and a licence, without tests and source maps [H29]', () => {
    const others = library.files.filter((file) => !/^dist\/[a-z0-9/.-]+\.(js|d\.ts)$/.test(file));
    expect(others.sort()).toEqual([
      'LICENSE',
      'README.md',
      ...['collection', 'schema'].map((name) => `dist/schematics/${name}.json`),
      ...DOCUMENTS.map((name) => `docs/${name}.md`),
      'package.json',
    ]);
    expect(library.files.filter((file) => /spec|__|fixtures/.test(file))).toEqual([]);
    expect(read('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    expect(read('dist/index.js')).not.toContain('sourceMappingURL');
    // 2.87 MB with the subpaths for browsers and for consumers of events: more is something that was not meant.
    expect(library.unpackedBytes).toBeLessThan(3_000_000);
  });

  it('should name every document that its code and its documents point to', () => {
    const named = library.files.flatMap((file) => [
      ...[...read(file).matchAll(/(?<![\w/])docs\/[a-z-]+\.md/g)].map(([path]) => path),
      ...(file.endsWith('.md') ? linksOf(file, read(file)) : []),
    ]);
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((path) => !library.files.includes(path))).toEqual([]);
  });

  it('should say where it comes from and how it is found', () => {
    const { repository, homepage, bugs, keywords } = library.manifest;
    const address = repository.url.replace(/^git\+|\.git$/g, '');
    expect([homepage, bugs.url]).toEqual([`${address}#readme`, `${address}/issues`]);
    expect(repository.directory).toBe('libs/connections');
    expect(keywords).toEqual(expect.arrayContaining(['nestjs', 'powens', 'open-banking']));
  });

  it('should hold the schematics that it names, and load them without another package', async () => {
    const folderOf = (path: string): string => join(library.folder, dirname(path));
    const path = library.manifest.schematics;
    const { schematics } = JSON.parse(read(path)) as {
      schematics: Record<string, { factory: string; schema?: string }>;
    };
    expect(Object.keys(schematics)).toContain('nest-add');
    for (const { factory, schema } of Object.values(schematics)) {
      // Nothing is installed beside it here.
      const loaded = (await import(join(folderOf(path), factory))) as { default: unknown };
      expect(loaded.default).toBeTypeOf('function');
      if (schema !== undefined) expect(library.files).toContain(normalize(join(dirname(path), schema)));
    }
    // Their types name packages that nobody has to have.
    expect(library.files.filter((file) => /schematics\/.*\.d\.ts$/.test(file))).toEqual([]);
  });

  it('should satisfy publint [H29]', async () => {
    const { messages } = await publint({ pkgDir: library.folder, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('should resolve with its types in every mode of resolution', async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(library.tarball)));
    expect(result.types).toEqual({ kind: 'included' });
    const problems = 'problems' in result ? result.problems : [];
    expect(problems.filter(({ kind }) => !OF_ES_MODULES.includes(kind))).toEqual([]);
  });
});

/** The files that a document links to, relative to the package. */
function linksOf(file: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(file), target)));
}
