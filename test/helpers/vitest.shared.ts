import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

function inRepository(path: string): string {
  return fileURLToPath(new URL(path, root));
}

/** The same names as `paths` in tsconfig.json; exact matches, so that one is not taken for a prefix of the other. */
export const aliases = [
  { find: /^nestjs-powens-connections$/, replacement: inRepository('libs/connections/src/index.ts') },
  {
    find: /^nestjs-powens-connections\/brokers$/,
    replacement: inRepository('libs/connections/src/brokers/index.ts'),
  },
  {
    find: /^nestjs-powens-connections\/client$/,
    replacement: inRepository('libs/connections/src/client/index.ts'),
  },
  {
    find: /^nestjs-powens-connections\/config$/,
    replacement: inRepository('libs/connections/src/config/index.ts'),
  },
  {
    find: /^nestjs-powens-connections\/consumer$/,
    replacement: inRepository('libs/connections/src/consumer/index.ts'),
  },
  {
    find: /^nestjs-powens-connections\/custom$/,
    replacement: inRepository('libs/connections/src/custom/index.ts'),
  },
  {
    find: /^nestjs-powens-connections\/element$/,
    replacement: inRepository('libs/connections/src/element/index.ts'),
  },
  {
    find: /^nestjs-powens-connections\/health$/,
    replacement: inRepository('libs/connections/src/health/index.ts'),
  },
  {
    find: /^nestjs-powens-connections\/testing$/,
    replacement: inRepository('libs/connections/src/testing/index.ts'),
  },
  {
    find: /^nestjs-powens-connections\/redaction$/,
    replacement: inRepository('libs/connections/src/redaction/index.ts'),
  },
  { find: /^powens-sandbox$/, replacement: inRepository('libs/powens-sandbox/src/index.ts') },
];

/** Setup files of the tests that have a run folder: what they print is scanned for secrets. */
export const systemSetupFiles = [
  inRepository('test/helpers/setup.ts'),
  inRepository('test/helpers/canary/capture-worker.setup.ts'),
];

/**
 * A limit is there for what hangs, and for nothing else: a machine that is twenty times slower than usual, or busy with
 * other work, must not come near it.
 */
const HANGS_MS = 600_000;

/** What is printed. A test's own time says how busy the machine is; the summary names the slow files. */
export const reporters = ['default', inRepository('test/helpers/slow-files.reporter.ts')];

/** What all kinds of tests have in common. */
export const shared = {
  environment: 'node' as const,
  pool: 'forks' as const,
  // Files of one process share the modules that they import: loading those took longer than the tests.
  isolate: false,
  exclude: ['**/node_modules/**', '**/dist/**'],
  setupFiles: [inRepository('test/helpers/setup.ts')],
  testTimeout: HANGS_MS,
  hookTimeout: HANGS_MS,
  // Stopping the server and the canary scan come after the last test.
  teardownTimeout: HANGS_MS,
  slowTestThreshold: 60_000,
  restoreMocks: true,
  unstubEnvs: true,
};
