type Stop = () => Promise<void>;

/** What runs in this process, and what it stands on. Files of one process share it, and run one after the other. */
const running = new Map<Stop, object>();

/**
 * Remembers what a test started, until it is stopped.
 *
 * A test that fails does not reach the line that stops its replica. That one would go on with a database that is no longer
 * there, and write its log lines into those of the files that come next: Nest has one logger for the whole process.
 *
 * @param on - the database that it uses
 * @returns what stops it, and forgets it
 */
export function remembered(on: object, stop: Stop): Stop {
  const stopped: Stop = async () => {
    running.delete(stopped);
    await stop();
  };
  running.set(stopped, on);
  return stopped;
}

/**
 * Stops what was left running, the last one first.
 *
 * @param on - only what uses this database; everything when absent
 */
export async function stopLeftRunning(on?: object): Promise<void> {
  const left = [...running].filter(([, database]) => on === undefined || database === on).reverse();
  // What cannot be stopped either is not worth a failure of its own: the test that left it has failed.
  for (const [stop] of left) await stop().catch(() => undefined);
}
