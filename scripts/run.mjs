import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BuildError, ensureBuilt, ROOT } from './build.mjs';
import { problemOfInstallation, problemOfNode } from './node-support.mjs';

/**
 * `node scripts/run.mjs <file of dist> [arguments]`: runs a built file in this process, after a build where the sources
 * changed. What it says itself goes to stderr, since a command's output may be read by a program.
 */
const [entry = '', ...rest] = process.argv.slice(2);

/** What an import fails with when `node_modules` does not fit, as opposed to a mistake in the sources. */
const BROKEN_INSTALLATION = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED']);

function say(line) {
  process.stderr.write(`${line}\n`);
}

function refuse(line) {
  say(line);
  process.exitCode = 1;
}

async function run() {
  const problem = problemOfNode(ROOT);
  if (problem !== null) return refuse(problem);
  const installation = problemOfInstallation(ROOT);
  if (installation !== null) {
    if (!existsSync(join(ROOT, 'node_modules'))) return refuse(installation);
    say(installation);
  }
  try {
    await ensureBuilt({ entry, say });
    process.argv.splice(1, process.argv.length, join(ROOT, entry), ...rest);
    await import(pathToFileURL(join(ROOT, entry)).href);
  } catch (error) {
    if (error instanceof BuildError) return refuse(error.message);
    if (!BROKEN_INSTALLATION.has(error.code)) throw error;
    refuse(
      `${error.message.split('\n')[0]}\nThe dependencies are not complete for this Node: run \`npm ci\`.`,
    );
  }
}

await run();
