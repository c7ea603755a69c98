import { ConnectionsError, type ConnectionsErrorCode } from '../errors/index.js';
import type { Counter } from './instruments.js';

/** `ok`, or the code of the error that the work ended with. */
export type Outcome = 'ok' | ConnectionsErrorCode;

/** The outcome of work that ended with an error. */
export function outcomeOf(error: unknown): Outcome {
  return error instanceof ConnectionsError ? error.code : 'internal_error';
}

/** Runs work, and passes its outcome and the `performance.now()` of its start to a metric. */
export async function timed<T>(
  work: () => Promise<T>,
  record: (startMs: number, outcome: Outcome) => void,
): Promise<T> {
  const startMs = performance.now();
  try {
    const result = await work();
    record(startMs, 'ok');
    return result;
  } catch (error) {
    record(startMs, outcomeOf(error));
    throw error;
  }
}

/** Counts the outcome of each call of a method. */
export function Counted(counter: Counter<Outcome>) {
  return <A extends unknown[], T>(
    _: object,
    __: string,
    descriptor: TypedPropertyDescriptor<(...args: A) => Promise<T>>,
  ): void => {
    const method = descriptor.value as (...args: A) => Promise<T>;
    descriptor.value = async function counted(this: unknown, ...args: A): Promise<T> {
      try {
        const result = await method.apply(this, args);
        counter.add(1, 'ok');
        return result;
      } catch (error) {
        counter.add(1, outcomeOf(error));
        throw error;
      }
    };
  };
}
