import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { aliases, reporters, shared, systemSetupFiles } from './test/helpers/vitest.shared.js';

process.env.TEST_SWEEPS = '1';

/** Files that `npm test` runs as well, with fewer rounds: `test/helpers/sweeps.ts` says how many. */
function withMoreRounds(): string[] {
  return ['libs', 'src', 'test']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((name) => /[.-]spec\.ts$/.test(name) && !/node_modules|sweep-spec/.test(name))
    .filter((name) => readFileSync(name, 'utf8').includes('/sweeps.js'));
}

/**
 * `npm run test:sweeps`: what takes minutes because it tries everything, or very much of it.
 *
 * A death at each point of an operation, ten thousand rows, a delivery a thousand times over, memory, browser walks beyond
 * the first, packed packages. The files are named `*.sweep-spec.ts`, and those that `npm test` runs with fewer rounds.
 */
export default defineConfig({
  resolve: { alias: aliases },
  test: {
    ...shared,
    name: 'sweeps',
    maxWorkers: 2,
    reporters,
    include: ['{libs,src,test}/**/*.sweep-spec.ts', ...withMoreRounds()],
    setupFiles: systemSetupFiles,
    globalSetup: ['test/helpers/postgres.global-setup.ts'],
  },
});
