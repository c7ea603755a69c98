/**
 * Changes the code of one part, one place at a time, and tells which changes its tests do not notice. Not part of the gate.
 *
 *   npm run test:mutants -- intake               one part; `docs/testing.md` lists them
 *   npm run test:mutants -- intake --force       all of it again: without, what did not change since is remembered
 *   npm run test:mutants -- intake --files '**\/signature.ts'
 *
 * Parts with a database bring their own PostgreSQL, as `npm test` does. The exit code is 1 below 90 %.
 */
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { PARTS } from './parts.mjs';
import { addSqlMutator } from './sql-mutator.mjs';

const { values, positionals } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    files: { type: 'string' },
    concurrency: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const [name = ''] = positionals;
if (!Object.hasOwn(PARTS, name)) {
  process.stderr.write(`Usage: npm run test:mutants -- <${Object.keys(PARTS).join(' | ')}> [--force]\n`);
  process.exit(2);
}
const part = PARTS[name];
const files = `.artifacts/mutants/${name}`;
// The processes that run the tests inherit it. Each has a database server of its own, which ends with it, however that ends.
process.env.MUTATION_PART = name;
delete process.env.DATABASE_URL;

await addSqlMutator();
const results = await new Stryker({
  mutate: values.files === undefined ? part.mutate : [values.files],
  testRunner: 'vitest',
  plugins: [
    '@stryker-mutator/vitest-runner',
    './test/mutation/texts.ignorer.mjs',
    './test/mutation/survivors.reporter.mjs',
  ],
  ignorers: ['texts'],
  vitest: { configFile: 'test/mutation/vitest.config.mjs', related: false },
  coverageAnalysis: 'perTest',
  ignoreStatic: part.static !== true,
  concurrency: Number(values.concurrency),
  // A busy machine must not look like an endless loop; those are noticed by how often a place is passed.
  timeoutMS: 5_000,
  incremental: true,
  incrementalFile: `${files}.incremental.json`,
  force: values.force,
  ignorePatterns: ['.artifacts', '.data', 'dist', 'libs/*/dist', 'bench', 'docs'],
  tempDirName: `${files}.sandbox`,
  reporters: ['survivors', 'clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { logTests: false, allowColor: false, reportTests: false, reportMutants: false },
  jsonReporter: { fileName: `${files}.json` },
  thresholds: { high: 95, low: 90, break: 90 },
}).runMutationTest();
process.stdout.write(`${results.length} mutants\n`);
