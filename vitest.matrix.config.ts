import { defineConfig } from 'vitest/config';
import { aliases, reporters, shared, systemSetupFiles } from './test/helpers/vitest.shared.js';

/**
 * `npm run test:matrix`: applications made anew, from packages of the registry, one after another: see docs/compatibility.md.
 * `MATRIX=corners` runs those of the gate, `MATRIX_ONLY=fastify` those whose name contains it, and `MATRIX_PAGE=<file>`
 * writes the page when all have passed.
 */
export default defineConfig({
  resolve: { alias: aliases },
  test: {
    ...shared,
    name: 'matrix',
    maxWorkers: 1,
    reporters,
    include: ['test/matrix/**/*.spec.ts'],
    setupFiles: systemSetupFiles,
    globalSetup: ['test/helpers/postgres.global-setup.ts'],
  },
});
