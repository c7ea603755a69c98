import { defineConfig } from 'vitest/config';
import { aliases, reporters, shared, systemSetupFiles } from './test/helpers/vitest.shared.js';

/**
 * `npm test`: everything that needs no service of its own, but for the sweeps (`vitest.sweeps.config.ts`).
 *
 * - `unit`: `*.spec.ts` beside the files they test; no I/O, no database, starts at once;
 * - `system`: integration, end-to-end, package and architecture tests; the global setup gives them a PostgreSQL;
 * - `types`: what must and must not compile.
 */
export default defineConfig({
  test: {
    // For two cores: tests wait for processes of their own, for the database, and for time to pass.
    maxWorkers: 3,
    reporters,
    teardownTimeout: shared.teardownTimeout,
    projects: [
      {
        resolve: { alias: aliases },
        test: {
          ...shared,
          name: 'unit',
          include: ['libs/**/*.spec.ts', 'src/**/*.spec.ts', 'test/helpers/**/*.spec.ts'],
        },
      },
      {
        resolve: { alias: aliases },
        test: {
          ...shared,
          name: 'system',
          include: [
            '{libs,src,test}/**/*.int-spec.ts',
            'test/**/*.e2e-spec.ts',
            'test/{architecture,package,contract}/**/*.spec.ts',
          ],
          setupFiles: systemSetupFiles,
          globalSetup: ['test/helpers/postgres.global-setup.ts'],
        },
      },
      {
        resolve: { alias: aliases },
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'test/types/tsconfig.json',
          },
        },
      },
    ],
  },
});
