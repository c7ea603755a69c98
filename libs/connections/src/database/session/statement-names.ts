import { v5 as uuidv5 } from 'uuid';

/** Makes a name out of a text: the same in every process. */
const NAMESPACE = '6f3b1f2a-7f3a-4c11-9a4e-0f01985c3e77';

/** Prepared statements that one process names; those of the hot path come first. */
const MAX_NAMES = 200;

/** Times the names of one session are given up before it goes on without: a host that discards them each time. */
const MAX_GENERATIONS = 5;

/** One for the process: two registrations on one DataSource share its sessions, where a name has one text. */
const NAMES = new Map<string, string>();

/** How often the names of a session were given up. */
const GENERATIONS = new WeakMap<object, number>();

/** The server does not know the name (26000), knows it already (42P05), or its plan fits no more (0A000). */
const NAME_REFUSED = ['26000', '42P05', '0A000'];

/**
 * Names a statement for one session. The name is made of the text, so that behind a pooler that mixes up the sessions of
 * two versions of an application, a name never stands for another text.
 *
 * @returns undefined for a statement that goes without: transactions of many rows have a text per shape, and rare ones
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

/** Gives up every name of a session: the next ones are new, whatever the server still knows of the old. */
export function forgetNames(session: object): void {
  GENERATIONS.set(session, (GENERATIONS.get(session) ?? 0) + 1);
}
