/** What can be measured. `express-born` is Express with an adapter of the host's: see `src/born-express.adapter.ts`. */
export const SYSTEM_NAMES = ['baseline', 'express', 'fastify', 'express-born'] as const;

export type SystemName = (typeof SYSTEM_NAMES)[number];

export function isSystemName(name: string): name is SystemName {
  return (SYSTEM_NAMES as readonly string[]).includes(name);
}

/** What a measured server is told before it starts: the same for all of them. */
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
}

/** What a server process has used since it started. */
export interface Usage {
  readonly cpuMicros: number;
  /** The part of it spent in the kernel: mostly writes to sockets. */
  readonly systemMicros: number;
  readonly peakRssBytes: number;
  /** Events handed to the no-op handler. */
  readonly delivered: number;
}

/** What a server process is asked. */
export type Command =
  | { readonly kind: 'start'; readonly setup: ServerSetup | null }
  | { readonly kind: 'usage' }
  | { readonly kind: 'stop' };

/** What it answers: one answer per command. */
export type Answer =
  | { readonly kind: 'started'; readonly url: string; readonly client: ServerSetup['client'] | null }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'stopped' };
