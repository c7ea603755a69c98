/** Servers that flows are run against. `express-born` is Express with the adapter of `src/born-express.adapter.ts`. */
export const COMPARED_NAMES = ['baseline', 'express', 'fastify', 'express-born'] as const;

/** All of them: `fastify-untraced` is `fastify` with telemetry replaced by functions that do nothing. */
export const SERVER_NAMES = [...COMPARED_NAMES, 'fastify-untraced'] as const;

/** Processes of the library that answer no request: one processes webhooks and relays events, one sweeps. */
export const BACKGROUND_NAMES = ['worker', 'sweeper'] as const;

export type ServerName = (typeof SERVER_NAMES)[number];

export type SystemName = ServerName | (typeof BACKGROUND_NAMES)[number];

export function isServerName(name: string): name is ServerName {
  return (SERVER_NAMES as readonly string[]).includes(name);
}

/** What a measured process is given before it starts: the same for all of them. */
export interface ServerSetup {
  readonly system: SystemName;
  readonly port: number;
  readonly databaseUrl: string;
  /** Sessions of the database pool, and sockets to the sandbox. */
  readonly poolSize: number;
  readonly sandboxUrl: string;
  readonly client: { readonly domain: string; readonly clientId: string; readonly clientSecret: string };
  /** Key that seals tokens: 32 bytes in base64. */
  readonly key: string;
  /** HMAC secret of the webhooks. */
  readonly webhookSecret: string;
}

/** What a process has used since it started. */
export interface Usage {
  readonly cpuMicros: number;
  /** The part of it spent in the kernel: mostly writes to sockets. */
  readonly systemMicros: number;
  readonly peakRssBytes: number;
  /** Events handed to the no-op handler. */
  readonly delivered: number;
  /** Rounds of the sweeper so far. */
  readonly sweeps: number;
}

/** Work that a process does by itself, without requests. */
export type Task =
  | {
      readonly kind: 'tokens';
      readonly owners: readonly string[];
      readonly seconds: number;
      readonly concurrency: number;
    }
  | { readonly kind: 'relay' };

/** What a task did. */
export interface TaskResult {
  readonly operations: number;
  readonly seconds: number;
  readonly times: readonly number[];
}

/** What a process is asked. */
export type Command =
  | { readonly kind: 'start'; readonly setup: ServerSetup | null }
  | { readonly kind: 'usage' }
  | { readonly kind: 'run'; readonly task: Task }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'stop' };

/** What it answers: one answer per command. */
export type Answer =
  | { readonly kind: 'start'; readonly url: string; readonly client: ServerSetup['client'] | null }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'run'; readonly result: TaskResult }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'stop' };

/** Descriptor of the pipe that a paused process waits on. */
export const PAUSE_DESCRIPTOR = 4;
