import { inspect } from 'node:util';
import { captureOutput } from './collector.js';

/** Setup file: whatever a test process prints, by whatever logger, is scanned at the end of the run. */
for (const name of ['stdout', 'stderr'] as const) {
  const stream = process[name];
  const write = stream.write.bind(stream) as (...input: unknown[]) => boolean;
  stream.write = (...input: unknown[]): boolean => {
    if (typeof input[0] === 'string' || input[0] instanceof Uint8Array) captureOutput(name, input[0]);
    return write(...input);
  };
}

// Vitest replaces the console by one that does not write to the streams above.
for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  const print = console[method].bind(console) as (...values: unknown[]) => void;
  console[method] = (...values: unknown[]): void => {
    captureOutput('console', values.map(textOf).join(' '));
    print(...values);
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { depth: 10 });
}
