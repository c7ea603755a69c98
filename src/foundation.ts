import type { LoggerService } from '@nestjs/common';
import type { Environment } from './config/environment.js';
import type { EmbeddedDatabase } from './database/embedded-database.js';

/** The logger; `false` disables logging. */
export type HostLog = LoggerService | false;

/** The resources that the application needs. */
export interface Foundation {
  readonly environment: Environment;
  readonly port: number;
  /** Null when Powens is not embedded. */
  readonly sandboxPort: number | null;
  /** Null when `DATABASE_URL` names a server. */
  readonly database: EmbeddedDatabase | null;
  /** Null when this process stores no files. */
  readonly dataDir: string | null;
}
