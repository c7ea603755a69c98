import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconciliationReport } from 'nestjs-powens-connections';
import { evidenceOf, leftBehind, unknownWithGoodCode } from '../invariants/evidence.js';
import { violationsOf, type Violation } from '../invariants/invariants.js';
import type { DatabaseServer } from '../processes/database-server.js';
import type { Rule } from '../proxies/provider-gate.js';
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
  /** Of the wrong things that the provider says, those whose name contains this. */
  readonly match: string;
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
  let report: ReconciliationReport | null = null;
  if (compares) {
    world.gate.rule = AN_HOUR_LATER;
    report = await reconcile(world);
    open = await settle(world, LAST_LOOK);
  }
  const evidence = await evidenceOf(world, compares ? orphansOf(report) : null);
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
      'unknown with a good code': unknownWithGoodCode(evidence).length,
      'left behind and counted': leftBehind(evidence).size,
      'codes sent again': [...evidence.codesSent.values()].filter((times) => times > 1).length,
      events: evidence.events.length,
    },
    violations: [
      ...open.map((what) => ({ invariant: 'everything ends', what })),
      ...(compares ? incomplete(report) : []),
      ...violationsOf(evidence),
    ],
  };
}

/** The comparison lists a Powens user that nobody knows here once it is older than a visit to the webview may take. */
const AN_HOUR_LATER: Rule = {
  rewrite: ({ path }, body) =>
    path === '/users' ? body.replace(/"signin":\s*"[^"]*"/g, '"signin":"2020-01-01 00:00:00"') : body,
};

/**
 * One comparison of everybody; a failure of it is looked at by its consequences.
 *
 * @returns what it found; null when the replica was killed, or the provider said nothing of use
 */
export async function reconcile(world: World): Promise<ReconciliationReport | null> {
  try {
    return (await world.fleet.ask({ name: 'reconcile' })) as ReconciliationReport;
  } catch {
    return null;
  }
}

/** A comparison that was not made proves nothing. */
function incomplete(report: ReconciliationReport | null): Violation[] {
  const isWhole = report !== null && report.failures === 0 && report.orphans.checked;
  const what = `${report?.failures ?? 'no'} failures, ${JSON.stringify(report?.orphans)}`;
  return isWhole ? [] : [{ invariant: 'everybody can be compared afterwards', what }];
}

function orphansOf(report: ReconciliationReport | null): ReadonlySet<number> {
  const ids = report?.orphans.checked === true ? report.orphans.powensUserIds : [];
  return new Set(ids.map(Number));
}

/** Waits for a condition; the limit is for hangs. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`does not come: ${what}`);
    await sleep(50);
  }
}
