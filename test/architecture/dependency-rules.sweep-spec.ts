import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cruise, REPOSITORY, ruleNames, type Violation } from './cruise.js';
import { PLANTED, SURROUNDINGS } from './planted-violations.js';

describe('dependency rules', () => {
  let root: string;
  let violations: Violation[];

  beforeAll(() => {
    root = mkdtempSync(join(realpathSync(tmpdir()), 'planted-'));
    cpSync(join(REPOSITORY, 'tsconfig.json'), join(root, 'tsconfig.json'));
    const planted = Object.fromEntries(PLANTED.map(({ file, content }) => [file, content]));
    for (const [file, content] of Object.entries({ ...SURROUNDINGS, ...planted })) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), `${content}\n`);
    }
    violations = cruise(root);
  });

  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it.each(PLANTED)('should let $rule fire for $reportedFor', ({ rule, reportedFor }) => {
    expect(violations).toContainEqual({ rule, file: reportedFor });
  });

  it('should have a planted violation for each rule', () => {
    expect(new Set(PLANTED.map(({ rule }) => rule))).toEqual(new Set(ruleNames()));
  });

  it('should leave the innocent files alone', () => {
    const planted = new Set(PLANTED.map(({ reportedFor }) => reportedFor));
    // What a planted file imports makes circles of folders that hold innocent files, too.
    const ofFiles = violations.filter(({ rule }) => rule !== 'no-folder-circular');
    expect(ofFiles.filter(({ file }) => !planted.has(file))).toEqual([]);
  });

  it('should find nothing in this repository', () => {
    expect(cruise(REPOSITORY)).toEqual([]);
  });
});
