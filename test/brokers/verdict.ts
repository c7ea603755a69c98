import type { Stored } from './witness.js';

/** A row that the consumer wrote. */
export type Consumed = Stored;

/** What is wrong with a run; nothing when every promise held. */
export function problemsOf(run: {
  readonly events: number;
  /** In the order of the broker, repeats included. */
  readonly stored: readonly Stored[];
  /** In the order of the writes. */
  readonly ledger: readonly Consumed[];
}): string[] {
  const { events, stored, ledger } = run;
  const known = new Set<string>();
  const firsts = stored.filter(({ id }) => !known.has(id) && known.add(id));
  const bySequence = new Set(stored.map(({ id, sequence }) => `${id} ${sequence}`));
  return [
    ...expected('events in the broker', firsts.length, events),
    ...expected('ids of the events in the broker', bySequence.size, events),
    ...expected('rows of the consumer', ledger.length, events),
    ...expected('events of the consumer', new Set(ledger.map(({ id }) => id)).size, events),
    ...expected('events of the broker out of order', outOfOrder(firsts), 0),
    ...expected('events of the consumer out of order', outOfOrder(ledger), 0),
  ];
}

function expected(name: string, actual: number, right: number): string[] {
  return actual === right ? [] : [`${name}: ${actual}, and not ${right}`];
}

/** How many events follow a later one of their connection. */
function outOfOrder(events: readonly Stored[]): number {
  const last = new Map<string, number>();
  return events.filter(({ connectionId, sequence }) => {
    const isLate = sequence < (last.get(connectionId) ?? -1);
    last.set(connectionId, Math.max(sequence, last.get(connectionId) ?? -1));
    return isLate;
  }).length;
}
