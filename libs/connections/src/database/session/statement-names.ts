import { v5 as uuidv5 } from 'uuid';

/** Derives a name from a text: the same in every process. */
const NAMESPACE = '6f3b1f2a-7f3a-4c11-9a4e-0f01985c3e77';

/** Maximum number of prepared statements that one process names; those of the hot path are the first. */
const MAX_NAMES = 200;

/** Number of times the names of a session are replaced before it works without names: its host discards them each time. */
const MAX_GENERATIONS = 5;

/** One for the process: two registrations on one DataSource share its sessions, where a name has one text. */
const NAMES = new Map<string, string>();

/** How often the names of a session were replaced. */
const GENERATIONS = new WeakMap<object, number>();

/** The server does not know the name (26000), knows it already (42P05), or its plan is no longer valid (0A000). */
const NAME_REFUSED = ['26000', '42P05', '0A000'];

/**
 * Names a statement for one session. The name is derived from the text, so that a name never stands for another text, even
 * behind a pooler that shares sessions between two versions of an application.
 *
 * @returns undefined for a statement without a name: transactions of many rows have a text per shape, and rare ones
 *   must not fill every session with plans
 */
export function nameOf(session: object, text: string): string | undefined {
  const generation = GENERATIONS.get(session) ?? 0;
  if (generation > MAX_GENERATIONS) {
    return undefined;
  }
  let name = NAMES.get(text);
  if (name === undefined) {
    if (NAMES.size >= MAX_NAMES) {
      return undefined;
    }
    name = `cnx_${uuidv5(text, NAMESPACE)}`;
    NAMES.set(text, name);
  }
  return generation === 0 ? name : `${name}_${generation}`;
}

/** Whether an error says that a named statement did not run because of its name or its plan. */
export function isNameRefused(sqlState: string | null): boolean {
  return sqlState !== null && NAME_REFUSED.includes(sqlState);
}

/** Replaces every name of a session: the next ones are new, even if the server still knows the old ones. */
export function forgetNames(session: object): void {
  GENERATIONS.set(session, (GENERATIONS.get(session) ?? 0) + 1);
}
