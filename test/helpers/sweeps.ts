/** Whether the sweeps run (`npm run test:sweeps`), not `npm test`. */
export const SWEEPS = process.env['TEST_SWEEPS'] === '1';

/**
 * How often something is tried: `few` times by `npm test`, `many` times by the sweeps, which run every file that imports
 * this one a second time.
 */
export function rounds(few: number, many: number): number {
  return SWEEPS ? many : few;
}

/** The first `few` of all cases in `npm test`, all of them in the sweeps. */
export function sample<Case>(all: readonly Case[], few = 1): readonly Case[] {
  return SWEEPS ? all : all.slice(0, few);
}
