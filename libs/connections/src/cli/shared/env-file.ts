import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Environment } from './output.js';
import { UsageError } from './usage-error.js';

/**
 * Adds the variables of a file to those of the process, which win, as with `node --env-file`.
 *
 * @throws UsageError when the file cannot be read; it never repeats its content
 */
export function withEnvFile(file: string | undefined, env: Environment): Environment {
  if (file === undefined) {
    return env;
  }
  return { ...parseEnv(textOf(file)), ...env };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UsageError(`The file of --env-file cannot be read (${code}).`);
  }
}
