import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the repository is. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** Rules about files, and rules about folders: those look at the library without its specs. */
const CONFIGS = [
  { config: '.dependency-cruiser.cjs', files: ['{libs,src,test,bench}/**/*.ts', '*.ts'] },
  { config: '.dependency-cruiser.folders.cjs', files: ['libs/**/*.ts'] },
];
const COMMAND = join(REPOSITORY, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** A broken rule and the file that broke it. */
export interface Violation {
  readonly rule: string;
  readonly file: string;
}

/** Runs dependency-cruiser with the repository's own rules over a tree of the same layout. */
export function cruise(root: string): Violation[] {
  return CONFIGS.flatMap(({ config, files }) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [COMMAND, '--config', join(REPOSITORY, config), '--output-type', 'json', ...files],
      { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
    );
    if (stdout === '') throw new Error(`dependency-cruiser said: ${stderr}`);
    const { summary } = JSON.parse(stdout) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    return summary.violations.map(({ from, rule }) => ({ rule: rule.name, file: from }));
  });
}

/** The names of all rules of the configurations. */
export function ruleNames(): string[] {
  return CONFIGS.flatMap(({ config }) => {
    const { forbidden } = createRequire(import.meta.url)(join(REPOSITORY, config)) as {
      forbidden: { name: string }[];
    };
    return forbidden.map(({ name }) => name);
  });
}
