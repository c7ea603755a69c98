import type { PowensSandboxOptions } from '../sandbox.options.js';
import { MAX_SEED } from '../store/first-ids.js';
import { SandboxStartError } from './sandbox-start.error.js';

const MAX_PORT = 65_535;
const CLOCKS = { from: Date.UTC(2000), until: Date.UTC(2100) };

/**
 * Checks what a sandbox is started with.
 *
 * @throws SandboxStartError `invalid_option`
 */
export function checkOptions({ port = 0, dataDir, seed = 0, clock }: PowensSandboxOptions): void {
  checkInteger('port', port, MAX_PORT);
  checkInteger('seed', seed, MAX_SEED);
  if (dataDir !== undefined && (dataDir === '' || dataDir.includes('\0'))) {
    throw refused('data-dir must be the path of a directory.');
  }
  const at = clock?.getTime() ?? CLOCKS.from;
  if (!(at >= CLOCKS.from && at < CLOCKS.until)) {
    throw refused('clock must be a date of the years 2000 to 2099, as 2026-03-01 or 2026-03-01T09:30:00Z.');
  }
}

function checkInteger(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw refused(`${name} must be a whole number from 0 to ${max}.`);
  }
}

function refused(problem: string): SandboxStartError {
  return new SandboxStartError('invalid_option', problem);
}
