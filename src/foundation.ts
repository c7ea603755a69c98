import type { LoggerService } from '@nestjs/common';
import type { Environment } from './config/environment.js';
import type { EmbeddedDatabase } from './database/embedded-database.js';

/** Where log lines go; `false` is nowhere. */
export type HostLog = LoggerService | false;

/** What the application stands on. */
export interface Foundation {
  readonly environment: Environment;
  readonly port: number;
  /** Null when Powens is elsewhere. */
  readonly sandboxPort: number | null;
  /** Null when `DATABASE_URL` names a server. */
  readonly database: EmbeddedDatabase | null;
  /** Null when nothing is kept by this process. */
  readonly dataDir: string | null;
}
