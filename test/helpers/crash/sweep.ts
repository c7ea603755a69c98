import { orphans, violations } from './invariants.js';
import type { CrashWorld, Run } from './world.js';

/** No operation passes so many points; one that does never ends. */
const MAX_RUNS = 60;

/** Where an operation died. */
export interface Crash extends Run {
  readonly owner: string;
  /** Whether `point` was passed for good: it is not the one where the process died. */
  did(point: string): boolean;
  /** Whether the transaction with the event was passed for good. */
  readonly committed: boolean;
}

/** Something that users do, and what they do again when it was interrupted. */
export interface Operation<Subject> {
  /** Owners' names begin with it. */
  readonly name: string;
  /** Comes to the door of the operation. */
  prepare(world: CrashWorld, owner: string): Promise<Subject>;
  run(world: CrashWorld, subject: Subject): Promise<unknown>;
  /** What must have become of it by the sweeper and the relay alone. */
  alone?(world: CrashWorld, subject: Subject, crash: Crash): Promise<void>;
  /** What a user does who saw nothing happen, and what must have become of it then. */
  again(world: CrashWorld, subject: Subject, crash: Crash): Promise<void>;
  /**
   * Whether a token was lost with the process: obtained, and not yet written. Nothing here can know of it any more, so
   * it is counted instead: exactly one at such a point, none anywhere else.
   */
  loses?(crash: Crash): boolean;
}

/** What a sweep did. */
export interface Sweep {
  /** Each point where the process was killed. */
  readonly points: readonly string[];
  /** How many tokens were lost with their process. */
  readonly lost: number;
  /** Everything that did not hold, with the point where the process had died. */
  readonly wrong: readonly string[];
}

/** Kills an operation at its first point, its second, and so on, until it passes alive; judges after each restart. */
export async function sweep<Subject>(world: CrashWorld, operation: Operation<Subject>): Promise<Sweep> {
  const points: string[] = [];
  const wrong: string[] = [];
  const lostBefore = world.lost.size;
  for (let run = 1; run <= MAX_RUNS; run += 1) {
    const at = points.length + 1;
    const owner = `${operation.name}-${run}`;
    const subject = await operation.prepare(world, owner);
    const crash = crashOf(owner, await world.crashAt(at, async () => operation.run(world, subject)));
    const where = crash.died ? `killed at ${at}, ${crash.trail.at(-1)}` : 'not killed';
    wrong.push(...(await judged(world, operation, subject, crash)).map((what) => `${where}: ${what}`));
    // What holds must hold after a disturbed run too; but which point comes next, only an undisturbed one can tell.
    if (crash.disturbed) continue;
    if (!crash.died) return { points, lost: world.lost.size - lostBefore, wrong };
    points.push(crash.trail.at(-1) ?? '');
  }
  throw new Error(`${operation.name} did not come to its end in ${MAX_RUNS} runs`);
}

async function judged<Subject>(
  world: CrashWorld,
  operation: Operation<Subject>,
  subject: Subject,
  crash: Crash,
): Promise<string[]> {
  const wrong: string[] = [];
  try {
    await world.endLeases();
    if (crash.died) await world.restart();
    await world.settle();
    wrong.push(
      ...(await lossesOf(world, operation.loses?.(crash) === true)),
      ...(await newViolations(world)),
    );
    await operation.alone?.(world, subject, crash);
    await operation.again(world, subject, crash);
    await world.settle();
    wrong.push(...(await newViolations(world)));
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  return wrong;
}

async function newViolations(world: CrashWorld): Promise<string[]> {
  const found = (await violations(world)).filter((what) => !world.seen.has(what));
  for (const what of found) world.seen.add(what);
  return found;
}

/** Takes note of a token that was lost where that must be expected. */
async function lossesOf(world: CrashWorld, expected: boolean): Promise<string[]> {
  if (!expected) return [];
  const found = await orphans(world);
  for (const digest of found.keys()) world.lost.add(digest);
  return found.size === 1 ? [] : [`expected one lost token, found ${found.size}`];
}

/** The point where everything of a transaction becomes durable: its statement, or the COMMIT behind it. */
export function commitOf(points: readonly string[]): number {
  const write = points.findIndex((point) => point.includes('INSERT INTO powens_outbox'));
  return points[write - 1] === 'BEGIN' ? write + 1 : write;
}

function crashOf(owner: string, run: Run): Crash {
  const done = run.died ? run.trail.slice(0, -1) : run.trail;
  const commit = commitOf(run.trail);
  return {
    ...run,
    owner,
    did: (point) => done.includes(point),
    committed: commit !== -1 && commit < done.length,
  };
}
