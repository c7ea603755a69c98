import { inspect } from 'node:util';
import { captureOutput } from './collector.js';

/** Files of one process share its streams: they are watched once. */
const WATCHED = Symbol.for('powens-connections.captured');

type Watched = object & { [WATCHED]?: true };

function isWatched(target: Watched): boolean {
  const already = target[WATCHED] === true;
  target[WATCHED] = true;
  return already;
}

/** Setup file: whatever a test process prints, by whatever logger, is scanned at the end of the run. */
for (const name of ['stdout', 'stderr'] as const) {
  const stream = process[name];
  if (isWatched(stream)) continue;
  const write = stream.write.bind(stream) as (...input: unknown[]) => boolean;
  stream.write = (...input: unknown[]): boolean => {
    if (typeof input[0] === 'string' || input[0] instanceof Uint8Array) captureOutput(name, input[0]);
    return write(...input);
  };
}

// Vitest replaces the console by one that does not write to the streams above.
for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  if (isWatched(console[method])) continue;
  const print = console[method].bind(console) as (...values: unknown[]) => void;
  console[method] = (...values: unknown[]): void => {
    captureOutput('console', values.map(textOf).join(' '));
    print(...values);
  };
  isWatched(console[method]);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { depth: 10 });
}
