import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

/**
 * `node scripts/pack-docs.mjs`: puts the documents for users of the library into its package, where its doc comments and
 * error messages point to. A link to a file that stays in the repository becomes an address of the repository.
 */
const FROM = join(ROOT, 'docs');
const TO = join(ROOT, 'libs', 'connections', 'docs');

/** What is about this repository rather than the library. */
const NOT_PACKED = ['benchmarks.md', 'requirements.md', 'testing.md'];

const { repository } = JSON.parse(readFileSync(join(ROOT, 'libs', 'connections', 'package.json'), 'utf8'));
const blob = `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/`;

const packed = readdirSync(FROM).filter((name) => name.endsWith('.md') && !NOT_PACKED.includes(name));

/** Relative to `docs/`; anchors and addresses stay as they are. */
function linked(target) {
  const [path] = target.split('#');
  if (path === '' || /^[a-z]+:/.test(target) || packed.includes(path)) return target;
  return new URL(target, `${blob}docs/`).href;
}

rmSync(TO, { recursive: true, force: true });
mkdirSync(TO, { recursive: true });
for (const name of packed) {
  const text = readFileSync(join(FROM, name), 'utf8');
  writeFileSync(
    join(TO, name),
    text.replace(/\]\(([^)\s]+)\)/g, (_, target) => `](${linked(target)})`),
  );
}
