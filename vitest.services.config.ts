import { defineConfig } from 'vitest/config';
import { findServices } from './test/helpers/services/services.js';
import { aliases, reporters, shared, systemSetupFiles } from './test/helpers/vitest.shared.js';

const services = await findServices();

if (services.postgresql !== null) {
  process.env.DATABASE_URL = services.postgresql;
  process.env.TEST_POSTGRES = 'server';
}

/**
 * `npm run test:services`: the integration tests against real servers that are already running.
 *
 * A service that does not answer is reported as skipped in `test/services/`, and what needs it is not run.
 */
export default defineConfig({
  resolve: { alias: aliases },
  test: {
    ...shared,
    ...(services.postgresql === null ? {} : { setupFiles: systemSetupFiles }),
    maxWorkers: 2,
    reporters,
    provide: { services },
    include: [
      'test/services/**/*.spec.ts',
      ...(services.postgresql === null ? [] : ['{libs,src,test}/**/*.int-spec.ts']),
    ],
    globalSetup: services.postgresql === null ? [] : ['test/helpers/postgres.global-setup.ts'],
  },
});
