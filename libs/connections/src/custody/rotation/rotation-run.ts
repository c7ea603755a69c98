import { ConfigurationError } from '../../errors/index.js';
import type { KeyCount, RotateOptions, RotationProgress } from './key-rotation.types.js';

export const DEFAULT_BATCH_SIZE = 250;
const MAX_BATCH_SIZE = 5000;

/** Result of a batch of a rotation. */
export type RotationStep = Omit<RotationProgress, 'total'>;

/** A run in progress. */
export interface RotationRun {
  readonly progress: RotationProgress;
  readonly onProgress: RotateOptions['onProgress'];
  readonly signal: AbortSignal | undefined;
}

/** The pages that are read before `signal` aborts. */
export async function* until<T>(
  signal: AbortSignal | undefined,
  pages: AsyncIterable<T>,
): AsyncGenerator<T, void> {
  for await (const page of pages) {
    if (signal?.aborted === true) {
      return;
    }
    yield page;
  }
}

/** Adds the result of a batch to the totals. */
export function plus(sum: RotationProgress, step: RotationStep): RotationProgress {
  return {
    total: sum.total,
    done: sum.done + step.done,
    skipped: sum.skipped + step.skipped,
    unreadable: sum.unreadable + step.unreadable,
  };
}

/** Counts rows of several keys. */
export function sumOf(counts: readonly Pick<KeyCount, 'tokens' | 'connections'>[]): number {
  return counts.reduce((sum, { tokens, connections }) => sum + tokens + connections, 0);
}

/**
 * Rows per statement.
 *
 * @throws ConfigurationError
 */
export function batchSizeOf({ batchSize = DEFAULT_BATCH_SIZE }: RotateOptions): number {
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MAX_BATCH_SIZE) {
    throw new ConfigurationError('batchSize', `must be a whole number from 1 to ${MAX_BATCH_SIZE}.`);
  }
  return batchSize;
}
