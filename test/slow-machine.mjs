/**
 * Runs a command as a slow machine would, to prove that no test fails because of that. Not part of the gate.
 *
 *   node test/slow-machine.mjs --load 3 -- npm test      with every core busy, three times in a row
 *   node test/slow-machine.mjs --quarter -- npm test     at about a quarter of the speed
 *
 * `--load` keeps one busy loop per core running beside the command. `--quarter` stops all processes of the command for
 * three quarters of each fifth of a second. Both may be given. The exit code is that of the first run that failed.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const PERIOD_MS = 200;
const SHARE = 1 / 4;

const end = process.argv.indexOf('--');
const command = end < 0 ? [] : process.argv.slice(end + 1);
const { values, positionals } = parseArgs({
  args: process.argv.slice(2, end < 0 ? undefined : end),
  options: { load: { type: 'boolean' }, quarter: { type: 'boolean' } },
  allowPositionals: true,
});
const times = Number(positionals[0] ?? 1);
if (command.length === 0 || !Number.isInteger(times) || times < 1) {
  process.stderr.write(
    'Usage: node test/slow-machine.mjs [--load] [--quarter] [times] -- <command> [arguments]\n',
  );
  process.exit(2);
}

const burners = values.load === true ? Array.from({ length: availableParallelism() }, burn) : [];
process.on('exit', () => burners.forEach((burner) => burner.kill('SIGKILL')));

for (let run = 1; run <= times; run += 1) {
  const startedAt = performance.now();
  const status = await runOnce();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(`slow machine: run ${run} of ${times} ended with ${status} after ${seconds} s\n`);
  if (status !== 0) process.exit(1);
}
process.exit(0);

function burn() {
  return spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
}

async function runOnce() {
  // A process group of its own, which can be stopped and continued as a whole.
  const child = spawn(command[0], command.slice(1), { stdio: 'inherit', detached: values.quarter === true });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  let isRunning = true;
  ended.then(
    () => (isRunning = false),
    () => (isRunning = false),
  );
  while (values.quarter === true && isRunning) {
    signal(child.pid, 'SIGSTOP');
    await sleep(PERIOD_MS * (1 - SHARE));
    signal(child.pid, 'SIGCONT');
    await sleep(PERIOD_MS * SHARE);
  }
  return ended;
}

function signal(group, name) {
  try {
    process.kill(-group, name);
  } catch {
    // It has just ended.
  }
}
