import type { Answer, Command, ServerSetup, Usage } from './protocol.js';

/** A server that runs in this process. */
export interface Served {
  readonly url: string;
  /** The client application to use, when this is the sandbox. */
  readonly client?: ServerSetup['client'];
  /** Events handed to the handler so far. */
  readonly delivered?: () => number;
  close(): Promise<void>;
}

/**
 * The server's side of the control channel: IPC, so that asking costs the measured server no HTTP request.
 *
 * @param start - called once, on the first command
 */
export function serve(start: (setup: ServerSetup | null) => Promise<Served>): void {
  let served: Served | undefined;
  const answerTo = async (command: Command): Promise<Answer> => {
    switch (command.kind) {
      case 'start': {
        served = await start(command.setup);
        return { kind: 'started', url: served.url, client: served.client ?? null };
      }
      case 'usage':
        return { kind: 'usage', usage: usageOf(served) };
      case 'stop':
        await served?.close();
        return { kind: 'stopped' };
    }
  };
  process.on('message', (command: Command) => {
    answerTo(command).then(send, fail);
  });
  // Whoever drives us is gone: so are we, even after a `kill -9` over there.
  process.on('disconnect', () => process.exit(1));
}

function send(answer: Answer): void {
  process.send?.(answer, undefined, undefined, () => {
    if (answer.kind === 'stopped') {
      // A regular end: `--cpu-prof` writes its file on the way out.
      process.exit(0);
    }
  });
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

function usageOf(served: Served | undefined): Usage {
  const { user, system } = process.cpuUsage();
  return {
    cpuMicros: user + system,
    systemMicros: system,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    delivered: served?.delivered?.() ?? 0,
  };
}
