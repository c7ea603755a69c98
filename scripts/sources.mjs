import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `nest build` reads, below the root. A new entry of `include` in `tsconfig.build.json` belongs here, too. */
const INPUTS = [
  'src',
  'libs',
  'bench',
  'ormconfig.ts',
  'nest-cli.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.browser.json',
  'tsconfig.browser.build.json',
];

/** What the build leaves out, as `exclude` in `tsconfig.build.json` says. */
const LEFT_OUT = /^(dist|node_modules|__support__|.*\.(spec|int-spec|e2e-spec)\.ts|.*\.test-d\.ts)$/;

const COMPILED = /\.(ts|mts|json)$/;

/** The stamp of a build: what it was made from. It lies in `dist`, so it is gone when the output is gone. */
export const STAMP = join('dist', '.built-from.json');

/**
 * The sources in two forms. `stat` costs a few milliseconds and changes with every touch (copying, checking out);
 * `content` is read only when `stat` differs. A change of a file's time in either direction counts, and so does a file that
 * was removed.
 *
 * @param {string} root - the folder of the repository
 * @returns {{ stat: string, content: () => string } | null} null when there are no sources, as in an image of `dist` alone
 */
export function fingerprint(root) {
  const files = INPUTS.flatMap((input) => filesBelow(root, input));
  if (!files.some(({ path }) => path.endsWith('.ts'))) return null;
  return {
    stat: digest(files.map(({ path, stats }) => `${path}:${stats.mtimeMs}:${stats.size}`)),
    content: () => digest(files.map(({ path }) => `${path}:${readFileSync(join(root, path), 'base64')}`)),
  };
}

/**
 * @param {string} root - the folder of the repository
 * @returns {boolean} whether `dist` was built from exactly the present sources
 */
export function isBuilt(root) {
  const stamp = readStamp(root);
  const sources = fingerprint(root);
  if (stamp === null || sources === null) return false;
  if (stamp.stat === sources.stat) return true;
  const content = sources.content();
  if (stamp.content !== content) return false;
  writeStamp(root, { stat: sources.stat, content });
  return true;
}

/** Saves the comparison of the contents next time. It is an optimisation: a folder that cannot be written is no error. */
export function writeStamp(root, stamp) {
  try {
    writeFileSync(join(root, STAMP), JSON.stringify(stamp));
  } catch {
    // Read-only: the contents are compared again next time.
  }
}

function readStamp(root) {
  try {
    const stamp = JSON.parse(readFileSync(join(root, STAMP), 'utf8'));
    return typeof stamp?.stat === 'string' && typeof stamp.content === 'string' ? stamp : null;
  } catch {
    return null;
  }
}

function filesBelow(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [{ path, stats }];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => !LEFT_OUT.test(entry.name) && (entry.isDirectory() || COMPILED.test(entry.name)))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => filesBelow(root, `${path}/${entry.name}`));
}

function digest(lines) {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
