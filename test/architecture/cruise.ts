import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the repository is. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

const CONFIG = join(REPOSITORY, '.dependency-cruiser.cjs');
const COMMAND = join(REPOSITORY, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** A broken rule and the file that broke it. */
export interface Violation {
  readonly rule: string;
  readonly file: string;
}

/** Runs dependency-cruiser with the repository's own rules over a tree of the same layout. */
export function cruise(root: string): Violation[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [COMMAND, '--config', CONFIG, '--output-type', 'json', '{libs,src,test,bench}/**/*.ts', '*.ts'],
    { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  if (stdout === '') throw new Error(`dependency-cruiser said: ${stderr}`);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => ({ rule: rule.name, file: from }));
}

/** The names of all rules of the configuration. */
export function ruleNames(): string[] {
  const { forbidden } = createRequire(import.meta.url)(CONFIG) as { forbidden: { name: string }[] };
  return forbidden.map(({ name }) => name);
}
