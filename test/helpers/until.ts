import { setTimeout as sleep } from 'node:timers/promises';

/** For what hangs, and for nothing else: a slow or busy machine must not come near it. */
const HANGS_MS = 180_000;

/**
 * Waits until `condition` holds.
 *
 * It takes no limit: how long something takes says how busy the machine is, not whether the thing is right.
 *
 * @throws Error with the condition's text, when it does not hold after three minutes
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + HANGS_MS;
  while (!(await condition())) {
    if (performance.now() > end) {
      throw new Error(`this did not come true within ${HANGS_MS / 1000} s: ${String(condition)}`);
    }
    await sleep(20);
  }
}

/**
 * Waits until `assertion` passes; in place of `vi.waitFor`, which gives up after one second.
 *
 * @throws what the assertion threw last, after three minutes
 */
export async function eventually(assertion: () => unknown): Promise<void> {
  const end = performance.now() + HANGS_MS;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(10);
    }
  }
}
