import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, ensureBuilt, hasCompiler, ROOT } from './build.mjs';
import { noteInstallation } from './node-support.mjs';
import { fingerprint } from './sources.mjs';

/**
 * What `npm ci` and `npm install` do at the end: they install the Git hooks, and build. A build that fails is an error. There
 * is nothing to build without development dependencies, nor before the sources are copied (a layer of a container image).
 */
async function prepare() {
  noteInstallation(ROOT);
  await installHooks();
  if (hasCompiler() && fingerprint(ROOT) !== null) {
    await ensureBuilt({ say: (line) => process.stderr.write(`${line}\n`) });
  }
}

/** Hooks are a help for those who commit: an archive without Git, or CI, goes without. */
async function installHooks() {
  if (process.env.CI !== undefined || !existsSync(join(ROOT, '.git'))) return;
  try {
    const { default: husky } = await import('husky');
    const problem = husky();
    if (problem) process.stderr.write(`The Git hooks are not installed: ${problem}\n`);
  } catch (error) {
    process.stderr.write(`The Git hooks are not installed: ${error.code ?? error.message}\n`);
  }
}

try {
  await prepare();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
