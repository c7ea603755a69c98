import { defineConfig } from 'vitest/config';
import { aliases, shared, systemSetupFiles } from './test/helpers/vitest.shared.js';

/**
 * `npm run test:sweeps`: what takes minutes because it tries everything, or very much of it.
 *
 * A death at each point of an operation, ten thousand rows, a delivery a thousand times over, memory, browser walks beyond
 * the first, packed packages. The files are named `*.sweep-spec.ts`; `npm test` does not run them, `.ci/run` does.
 */
export default defineConfig({
  resolve: { alias: aliases },
  test: {
    ...shared,
    name: 'sweeps',
    maxWorkers: 2,
    include: ['{libs,src,test}/**/*.sweep-spec.ts'],
    setupFiles: systemSetupFiles,
    globalSetup: ['test/helpers/postgres.global-setup.ts'],
  },
});
