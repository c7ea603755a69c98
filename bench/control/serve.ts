import { readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  PAUSE_DESCRIPTOR,
  type Answer,
  type Command,
  type ServerSetup,
  type Task,
  type TaskResult,
  type Usage,
} from './protocol.js';

/** After a pause: sockets that the other end closed meanwhile are found out before the first request uses them. */
const SETTLE_MS = 100;

/** A server that runs in this process. */
export interface Served {
  readonly url: string;
  /** The client application to use, when this is the sandbox. */
  readonly client?: ServerSetup['client'];
  /** Events handed to the handler so far. */
  readonly delivered?: () => number;
  /** Rounds of the sweeper so far. */
  readonly sweeps?: () => number;
  run?(task: Task): Promise<TaskResult>;
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
        return { kind: 'start', url: served.url, client: served.client ?? null };
      }
      case 'usage':
        return { kind: 'usage', usage: usageOf(served) };
      case 'run':
        return { kind: 'run', result: await runIn(served, command.task) };
      case 'resumed':
        await sleep(SETTLE_MS);
        return { kind: 'resumed' };
      case 'pause':
        return { kind: 'pause' };
      case 'stop':
        await served?.close();
        return { kind: 'stop' };
    }
  };
  process.on('message', (command: Command) => {
    answerTo(command).then(send, fail);
  });
  // The driver is gone, perhaps by a `kill -9`: nobody else would end this process.
  process.on('disconnect', () => process.exit(1));
}

function send(answer: Answer): void {
  process.send?.(answer, undefined, undefined, () => {
    if (answer.kind === 'stop') {
      // A regular end: `--cpu-prof` writes its file on the way out.
      process.exit(0);
    }
    if (answer.kind === 'pause') {
      waitForDriver();
    }
  });
}

/**
 * Blocks the whole process until the driver writes a byte: no timer fires, nothing is polled, and no other process is
 * disturbed. The end of the driver ends it.
 */
function waitForDriver(): void {
  if (readSync(PAUSE_DESCRIPTOR, Buffer.alloc(1)) === 0) {
    process.exit(1);
  }
}

async function runIn(served: Served | undefined, task: Task): Promise<TaskResult> {
  if (served?.run === undefined) {
    throw new Error(`this process runs no task: ${task.kind}`);
  }
  return served.run(task);
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
    sweeps: served?.sweeps?.() ?? 0,
  };
}
