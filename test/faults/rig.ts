import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { DatabaseServer } from './processes/database-server.js';
import { INVARIANT_COUNT } from './invariants/invariants.js';
import { FULL_DISK } from './scenarios/full-disk.js';
import { KILLS } from './scenarios/kills.js';
import { LINKS } from './scenarios/links.js';
import { LOSSES } from './scenarios/losses.js';
import type { Outcome, Scenario, Stage } from './scenarios/scenario.js';
import { STOPPED } from './scenarios/stopped.js';

const SCENARIOS: readonly Scenario[] = [KILLS, LINKS, STOPPED, FULL_DISK, LOSSES];
const USAGE = `npm run test:faults -- [options]
  --short          what the gate runs
  --only <names>   of ${SCENARIOS.map(({ name }) => `'${name}'`).join(', ')}, with commas between
  --match <text>   of 'losses': only those whose name contains it
  --seed <n>       for what is left to chance (printed by every run)
  --report <file>  writes numPassedTests and numFailedTests, as the reports of the other tests`;
/** Printed of each invariant that does not hold. */
const MAX_PRINTED = 5;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    match: { type: 'string', default: '' },
    seed: { type: 'string' },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
} else {
  // Whatever a scenario that broke left open must not keep the rig from its end.
  process.exit(await main());
}

async function main(): Promise<number> {
  const seed = Number(values.seed ?? Math.floor(Date.now() % 1_000_000));
  const chosen = scenarios();
  console.log(
    `${chosen.map(({ name }) => name).join(', ')}; seed ${seed}, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
  const server = await DatabaseServer.start();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      server.stop().then(
        () => process.exit(1),
        () => process.exit(1),
      );
    });
  }
  const { short: isShort, match } = values;
  const stage: Stage = { server, isShort, match, random: randomOf(seed), report: print };
  const outcomes: Outcome[] = [];
  try {
    for (const scenario of chosen) {
      outcomes.push(...(await played(scenario, stage)));
    }
  } finally {
    await server.stop();
  }
  return summary(outcomes);
}

function scenarios(): readonly Scenario[] {
  const names = values.only?.split(',');
  const unknown = names?.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`no such scenario: ${unknown.join(', ')}\n${USAGE}`);
  return SCENARIOS.filter(({ name, isInShort }) => names?.includes(name) ?? (isInShort || !values.short));
}

async function played(scenario: Scenario, stage: Stage): Promise<Outcome[]> {
  const began = Date.now();
  try {
    return await scenario.run(stage);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const broken = {
      name: scenario.name,
      counts: {},
      violations: [{ invariant: 'the rig comes to its end', what }],
    };
    return [print(broken)];
  } finally {
    console.log(`  ${scenario.name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
}

function print(outcome: Outcome): Outcome {
  const { name, counts, violations } = outcome;
  const text = Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
  console.log(`${violations.length === 0 ? 'ok    ' : 'FAILED'} ${name}: ${text}`);
  for (const [invariant, whats] of byInvariant(violations)) {
    console.log(`         ${invariant}: ${whats.length}`);
    for (const what of whats.slice(0, MAX_PRINTED)) console.log(`           ${what}`);
  }
  return outcome;
}

function byInvariant(violations: Outcome['violations']): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { invariant, what } of violations) found.set(invariant, [...(found.get(invariant) ?? []), what]);
  return found;
}

function summary(outcomes: readonly Outcome[]): number {
  const count = (name: string): number =>
    outcomes.reduce((sum, { counts }) => sum + (Number(counts[name] ?? 0) || 0), 0);
  const failed = outcomes.filter(({ violations }) => violations.length > 0).length;
  console.log(
    `\n${count('people') + count('owners')} people, ${count('kills')} kills, ${outcomes.length} runs, ${INVARIANT_COUNT} invariants each`,
  );
  const passed = outcomes.length - failed;
  console.log(`${passed} passed, ${failed} failed`);
  if (values.report !== undefined) {
    writeFileSync(values.report, JSON.stringify({ numPassedTests: passed, numFailedTests: failed }));
  }
  return failed === 0 ? 0 : 1;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
