import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `node test/measure/front-door.mjs [turns]`: how long a first start takes, in turns: `npm start`, the built file alone, and the
 * embedded database alone, each in an empty folder. Prints the medians and their ratios. Run `npm ci` before.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TURNS = Number(process.argv[2] ?? 3);

/** What initialises the database and nothing else, with the same import. */
const DATABASE_ALONE = `
  import { PGlite } from '@electric-sql/pglite';
  await PGlite.create(process.env.DATA_DIR + '/postgres');
  console.log('ready');
  process.exit(0);`;

const SUBJECTS = [
  { name: 'npm start', command: ['npm', 'start'], ready: 'Start at ' },
  { name: 'node dist/src/main.js', command: [process.execPath, 'dist/src/main.js'], ready: 'Start at ' },
  {
    name: 'PGlite alone',
    command: [process.execPath, '--input-type=module', '--eval', DATABASE_ALONE],
    ready: 'ready',
  },
];

/** Starts one in an empty folder and ends it. @returns milliseconds to its first line, and until it is ready */
async function measure({ command: [file, ...args], ready }) {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-'));
  const started = performance.now();
  const child = spawn(file, args, {
    cwd: ROOT,
    // A group of its own: npm hands no signal on to what it runs.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATA_DIR: folder, PORT: '0', SANDBOX_PORT: '0', NO_UPDATE_NOTIFIER: '1' },
  });
  const exited = once(child, 'exit');
  try {
    return await timesOf(child, started, ready);
  } finally {
    endGroup(child.pid);
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timesOf(child, started, ready) {
  let text = '';
  let firstMs = 0;
  for await (const chunk of child.stdout) {
    text += chunk;
    // npm says itself which command it runs.
    if (firstMs === 0 && /^(Starting|ready)/m.test(text)) firstMs = performance.now() - started;
    if (text.includes(ready)) return { firstMs, readyMs: performance.now() - started };
  }
  throw new Error(`It ended before it was ready:\n${text}`);
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

const seconds = (ms) => (ms / 1000).toFixed(2);

const results = SUBJECTS.map(() => []);
for (let turn = 0; turn < TURNS; turn += 1) {
  for (const [index, subject] of SUBJECTS.entries()) {
    results[index].push(await measure(subject));
  }
}
const medians = results.map((times) => median(times.map(({ readyMs }) => readyMs)));
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ` +
    `Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)}, ${TURNS} turns`,
);
for (const [index, { name }] of SUBJECTS.entries()) {
  const all = results[index].map(({ readyMs }) => seconds(readyMs)).join(', ');
  const first = seconds(median(results[index].map(({ firstMs }) => firstMs)));
  console.log(`${name.padEnd(22)} first line ${first} s, ready ${seconds(medians[index])} s (${all})`);
}
const [npm, node, database] = medians;
console.log(`npm start / node: ${(npm / node).toFixed(2)} (at most 1.2)`);
console.log(`node / PGlite alone: ${(node / database).toFixed(2)} (at most 1.5)`);
