/**
 * Changes the code of one part, one place at a time, and tells which changes its tests do not notice. Not part of the gate.
 *
 *   npm run test:mutants -- intake                     one part; `docs/testing.md` lists them
 *   npm run test:mutants -- intake --force             all of it again: without, what did not change since is remembered
 *   npm run test:mutants -- intake --files signature   its files whose path contains the word
 *   npm run test:mutants -- intake --share 0.3         a random part of the mutants, the same ones each time
 *
 * Each file is a run of its own, and its results are kept in `.artifacts/mutants/<part>/`: a run that is ended goes on at the
 * file that it was at. Files with a database bring their own PostgreSQL, as `npm test` does. The exit code is 1 below 90 %.
 */
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { PARTS } from './parts.mjs';
import { sampleOf } from './sample.mjs';
import { addSqlMutator } from './sql-mutator.mjs';
import { noticed, summaryOf } from './summary.mjs';

const { values, positionals } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    files: { type: 'string', default: '' },
    share: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const [name = ''] = positionals;
if (!Object.hasOwn(PARTS, name)) {
  process.stderr.write(`Usage: npm run test:mutants -- <${Object.keys(PARTS).join(' | ')}> [--force]\n`);
  process.exit(2);
}
delete process.env.DATABASE_URL;
const beginFile = sampleOf(await addSqlMutator(), Number(values.share));

const results = new Map();
for (const { mutate, specs, statics } of PARTS[name]) {
  for (const file of mutate.filter((path) => path.includes(values.files))) {
    process.stdout.write(`${file}\n`);
    beginFile(file);
    results.set(file, await run(file, specs, statics));
  }
}
process.stdout.write(summaryOf(results));
process.exitCode = noticed([...results.values()].flat()) < 90 ? 1 : 0;

async function run(file, specs, statics) {
  const folder = values.share === '1' ? name : `${name}-sample`;
  const artifact = `.artifacts/mutants/${folder}/${file.replace(/^.*\/src\//, '').replaceAll('/', '.')}`;
  // The processes that run the tests inherit it. Each has a database server of its own, which ends with it, however that ends.
  process.env.MUTATION_SPECS = JSON.stringify(specs);
  return new Stryker({
    mutate: [file],
    logLevel: 'warn',
    testRunner: 'vitest',
    plugins: [
      '@stryker-mutator/vitest-runner',
      './test/mutation/texts.ignorer.mjs',
      './test/mutation/survivors.reporter.mjs',
    ],
    ignorers: ['texts'],
    vitest: { configFile: 'test/mutation/vitest.config.mjs', related: false },
    coverageAnalysis: 'perTest',
    ignoreStatic: !statics,
    concurrency: Number(values.concurrency),
    // A busy machine must not look like an endless loop; those are noticed by how often a place is passed.
    timeoutMS: 30_000,
    incremental: true,
    incrementalFile: `${artifact}.incremental.json`,
    force: values.force,
    ignorePatterns: ['.artifacts', '.data', 'dist', 'libs/*/dist', 'bench', 'docs'],
    tempDirName: `.artifacts/mutants/${folder}/sandbox`,
    reporters: ['survivors', 'json'],
    jsonReporter: { fileName: `${artifact}.json` },
    thresholds: { high: 95, low: 90, break: null },
  }).runMutationTest();
}
