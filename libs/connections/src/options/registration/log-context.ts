import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogFields } from './logs-options.interface.js';
import type { ResolvedLogs } from './logs-option.js';

const storage = new AsyncLocalStorage<LogFields>();

/** The fields of all lines that are written below {@link withLogFields}. */
export function logFields(): LogFields | undefined {
  return storage.getStore();
}

/**
 * Runs work whose lines have these fields, wherever they are written. Costs nothing where lines are sentences.
 *
 * @internal
 */
export function withLogFields<T>(
  { logs }: { readonly logs?: ResolvedLogs },
  fields: LogFields,
  run: () => T,
): T {
  return logs?.format === 'object' ? storage.run({ ...storage.getStore(), ...fields }, run) : run();
}
