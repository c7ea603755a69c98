import { statSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import { aliases, shared } from '../helpers/vitest.shared.js';

/** Set by `main.mjs`. */
const specs = JSON.parse(process.env.MUTATION_SPECS ?? '[]');
const needsDatabase = specs.some((spec) => spec.includes('int-spec'));

/** The small files first: what they notice, the long ones need not be asked. */
class SmallFirst extends BaseSequencer {
  async sort(files) {
    const size = new Map(files.map((file) => [file, statSync(file.moduleId).size]));
    return [...files].sort((a, b) => size.get(a) - size.get(b));
  }
}

/** `npm run test:mutants`: the tests of one file of a part, and nothing that they do not need. */
export default defineConfig({
  resolve: { alias: aliases },
  test: {
    ...shared,
    include: specs,
    sequence: { sequencer: SmallFirst },
    globalSetup: needsDatabase ? ['test/helpers/postgres.global-setup.ts'] : [],
  },
});
