import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from './cruise.js';

const MAX_FILES = 12;
const ROOTS = ['libs/connections/src', 'libs/powens-sandbox/src', 'src', 'bench', 'test'];
const TEST_FILE = /\.(spec|int-spec|e2e-spec|sweep-spec|test-d)\.ts$/;

describe('folders', () => {
  it.each(ROOTS)(
    'should hold at most twelve files each in %s, tests beside their subject left out',
    (root) => {
      const crowded = foldersOf(join(REPOSITORY, root))
        .map((folder) => ({ folder: relative(REPOSITORY, folder), files: filesOf(folder, root !== 'test') }))
        .filter(({ files }) => files > MAX_FILES);

      expect(crowded).toEqual([]);
    },
  );
});

function foldersOf(folder: string): string[] {
  // What begins with a dot is made by a test that runs at the same time.
  const inside = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  );
  return [folder, ...inside.flatMap(({ name }) => foldersOf(join(folder, name)))];
}

function filesOf(folder: string, isBesideTests: boolean): number {
  return readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.ts') && !(isBesideTests && TEST_FILE.test(entry.name)),
  ).length;
}
