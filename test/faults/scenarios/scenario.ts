import { setTimeout as sleep } from 'node:timers/promises';
import { evidenceOf } from '../invariants/evidence.js';
import { violationsOf, type Violation } from '../invariants/invariants.js';
import type { DatabaseServer } from '../processes/database-server.js';
import { settle } from '../settle.js';
import type { World } from '../world.js';

/** What a run came to. */
export interface Outcome {
  readonly name: string;
  readonly counts: Readonly<Record<string, number | string>>;
  readonly violations: readonly Violation[];
}

/** What all scenarios are given. */
export interface Stage {
  readonly server: DatabaseServer;
  /** The sweep of the gate. */
  readonly isShort: boolean;
  /** Numbers that look random and are the same for the same `--seed`. */
  readonly random: () => number;
  /** Prints what a run came to, at once; gives it back. */
  readonly report: (outcome: Outcome) => Outcome;
}

/** Something that goes wrong, and what is expected of it. */
export interface Scenario {
  readonly name: string;
  readonly isInShort: boolean;
  run(stage: Stage): Promise<Outcome[]>;
}

/** Leases ended in vain before a comparison count no more afterwards. */
const LAST_LOOK = 1;

/**
 * Heals the world, lets everything end, and judges.
 *
 * @param compares - with Powens first: what only a comparison can find is not expected otherwise
 */
export async function judge(world: World, name: string, compares = true): Promise<Outcome> {
  await world.heal();
  let open = await settle(world);
  if (compares) {
    await reconcile(world);
    open = await settle(world, LAST_LOOK);
  }
  const evidence = await evidenceOf(world);
  const statuses = new Map<string, number>();
  for (const { status } of evidence.visits) {
    statuses.set(status ?? 'none', (statuses.get(status ?? 'none') ?? 0) + 1);
  }
  return {
    name,
    counts: {
      people: world.crowd.people.length,
      ...Object.fromEntries(statuses),
      kills: world.fleet.kills,
      'codes sent again': [...evidence.codesSent.values()].filter((times) => times > 1).length,
      events: evidence.events.length,
    },
    violations: [...open.map((what) => ({ invariant: 'everything ends', what })), ...violationsOf(evidence)],
  };
}

/** One comparison of everybody; a failure of it is looked at by its consequences. */
export async function reconcile(world: World): Promise<void> {
  try {
    await world.fleet.ask({ name: 'reconcile' });
  } catch {
    // The replica was killed, or the provider says nothing of use: what follows is judged.
  }
}

/** Waits for a condition; the limit is for hangs. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`does not come: ${what}`);
    await sleep(50);
  }
}
