import { BuildError, ensureBuilt } from './build.mjs';

/** `node scripts/build-cli.mjs [--force]`: builds `dist` where it is not what the sources say. */
try {
  await ensureBuilt({
    force: process.argv.includes('--force'),
    say: (line) => process.stderr.write(`${line}\n`),
  });
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
