import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 50;
/** Without any progress for so long, nothing will come any more: this is for hangs, not for slow machines. */
const NO_PROGRESS_MS = 60_000;

/**
 * Waits until a count reaches what is expected, for as long as it grows.
 *
 * @param what - names it, for the message
 * @throws Error when it stands still for a minute
 */
export async function untilCount(
  what: string,
  expected: number,
  count: () => Promise<number>,
): Promise<number> {
  let last = -Infinity;
  let progressAt = performance.now();
  for (;;) {
    const now = await count();
    if (now >= expected) {
      return now;
    }
    if (now > last) {
      last = now;
      progressAt = performance.now();
    }
    if (performance.now() - progressAt > NO_PROGRESS_MS) {
      throw new Error(`${what}: ${now} of ${expected}, and none for a minute`);
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
