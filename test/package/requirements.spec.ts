import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = join('docs', 'requirements.md');
const ID = /\b(?:OA|TC|RL|WH)-\d{2}\b/g;
const ROW = /^\| ((?:OA|TC|RL|WH)-\d{2}) *\| (.+?) *\| (.+?) *\|$/gm;
const PROOF = /`([^`]+\.ts)`: “([^”]+)”/g;

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

interface Row {
  readonly id: string;
  readonly cell: string;
  readonly proofs: readonly { readonly file: string; readonly title: string }[];
}

function rowsOf(page: string): Row[] {
  return [...page.matchAll(ROW)].map(([, id = '', , cell = '']) => ({
    id,
    cell,
    proofs: [...cell.matchAll(PROOF)].map(([, file = '', title = '']) => ({ file, title })),
  }));
}

const FILES = ['libs', 'src', 'test', 'docs', 'bench']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => /\.(ts|md)$/.test(path) && !/(^|\/)(node_modules|dist|\.blocks-\d+)\//.test(path));

/** What cites requirements: each id with one file. */
function cited(): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of ['README.md', 'CONTRIBUTING.md', ...FILES]) {
    if (path === PAGE) continue;
    for (const [id] of read(path).matchAll(ID)) found.set(id, path);
  }
  return found;
}

/** Whether a test or a group of that file has a title that begins so. */
function hasTest(file: string, title: string): boolean {
  const text = read(file);
  return ["'", '"', '`'].some((quote) => text.includes(quote + title));
}

describe('docs/requirements.md', () => {
  const rows = rowsOf(read(PAGE));

  it('should list every requirement that anything cites, once', () => {
    const listed = rows.map(({ id }) => id);
    expect(new Set(listed).size).toBe(listed.length);
    const missing = [...cited()].filter(([id]) => !listed.includes(id));
    expect(missing).toEqual([]);
    expect(listed.length).toBeGreaterThan(90);
  });

  it('should say of each requirement what proves it, or that it is not met', () => {
    const silent = rows.filter(
      ({ cell, proofs }) => proofs.length === 0 && !/^(Not met|Met by \[)/.test(cell),
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('should name tests that exist', () => {
    const named = rows.flatMap(({ id, proofs }) => proofs.map((proof) => ({ id, ...proof })));
    const absent = named.filter(({ file, title }) => !title.startsWith('should ') || !hasTest(file, title));
    expect(absent).toEqual([]);
  });
});

describe('docs/threat-model.md', () => {
  it('should name files of tests that exist', () => {
    const named = [...read('docs/threat-model.md').matchAll(/`([\w.*-]+spec\.ts)`/g)].map(
      ([, name = '']) => name,
    );
    const names = FILES.map((path) => basename(path));
    const absent = named.filter((name) => {
      const [begin = '', end = ''] = name.split('*');
      return !names.some((file) =>
        name.includes('*') ? file.startsWith(begin) && file.endsWith(end) : file === name,
      );
    });
    expect(absent).toEqual([]);
    expect(named.length).toBeGreaterThan(30);
  });
});
