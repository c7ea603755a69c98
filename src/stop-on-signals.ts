const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A stop that takes longer than this is stuck; every state is durable anyway. */
const DEADLINE_MS = 10_000;

const FORCED = 1;

/**
 * Stops gracefully at the first signal, at once at the second. Nest's own `enableShutdownHooks` would end the process
 * as soon as the application is closed, with the embedded database still open.
 */
export function stopOnSignals(running: { close(): Promise<void> }, say: (line: string) => void): void {
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) {
      process.exit(FORCED);
    }
    isStopping = true;
    say(`${signal}: stopping. Once more to stop at once.`);
    setTimeout(() => process.exit(FORCED), DEADLINE_MS).unref();
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        say(`The stop failed: ${error instanceof Error ? error.name : 'unknown'}`);
        process.exit(FORCED);
      },
    );
  };
  SIGNALS.forEach((signal) => process.on(signal, stop));
}
