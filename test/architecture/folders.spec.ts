import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from './cruise.js';

const MAX_FILES = 12;
const ROOTS = ['libs/connections/src', 'libs/powens-sandbox/src'];
const TEST_FILE = /\.(spec|int-spec|e2e-spec|sweep-spec|test-d)\.ts$/;

describe('folders', () => {
  it.each(ROOTS)('should hold at most twelve source files each in %s', (root) => {
    const crowded = foldersOf(join(REPOSITORY, root))
      .map((folder) => ({ folder: relative(REPOSITORY, folder), files: sourceFilesOf(folder) }))
      .filter(({ files }) => files > MAX_FILES);

    expect(crowded).toEqual([]);
  });
});

function foldersOf(folder: string): string[] {
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...inside.flatMap(({ name }) => foldersOf(join(folder, name)))];
}

function sourceFilesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.ts') && !TEST_FILE.test(entry.name),
  ).length;
}
