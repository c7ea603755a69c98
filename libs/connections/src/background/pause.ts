import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or less when `signal` aborts. Keeps no process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal, ref: false });
  } catch {
    // Aborted: nothing else makes a timer fail. The caller checks the signal.
  }
}
