import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { startPowensSandbox, type PowensSandbox } from 'powens-sandbox';
import type { DatabaseConfig } from './config/app.config.js';
import type { Environment } from './config/environment.js';
import { claimPort } from './config/free-port.js';
import { claimDataDir, type DataDir } from './database/data-dir.js';
import { openEmbeddedDatabase } from './database/embedded-database.js';
import type { OpenedResources } from './opened-resources.js';

const SANDBOX_HOST = '127.0.0.1';

/** Where log lines go; `false` is nowhere. */
export type HostLog = LoggerService | false;

/** Where the things are that the environment did not name. */
export interface EmbeddedServices {
  readonly database: DatabaseConfig;
  /** Null when Powens is elsewhere. */
  readonly sandbox: PowensSandbox | null;
}

/** Starts inside this process what the environment does not name: a sandbox for Powens, a database for the tables. */
export async function openEmbeddedServices(
  environment: Environment,
  opened: OpenedResources,
  logger: HostLog,
): Promise<EmbeddedServices> {
  const { databaseUrl, powens } = environment;
  if (databaseUrl !== null && powens !== null) {
    return { database: { kind: 'server', url: databaseUrl }, sandbox: null };
  }
  const dataDir = await claimDataDir(environment.dataDir);
  opened.add(() => dataDir.release());
  return {
    sandbox: powens === null ? await openSandbox(environment.sandboxPort, dataDir, opened, logger) : null,
    database:
      databaseUrl === null ? await openDatabase(dataDir, opened) : { kind: 'server', url: databaseUrl },
  };
}

async function openSandbox(
  wanted: number,
  dataDir: DataDir,
  opened: OpenedResources,
  logger: HostLog,
): Promise<PowensSandbox> {
  const port = await claimPort('SANDBOX_PORT', SANDBOX_HOST, wanted);
  // It is a Nest application too, and the logger of the last one created serves the whole process: hence the same one.
  const sandbox = await startPowensSandbox({ port, dataDir: join(dataDir.path, 'sandbox'), logger });
  opened.add(() => sandbox.close());
  return sandbox;
}

async function openDatabase(dataDir: DataDir, opened: OpenedResources): Promise<DatabaseConfig> {
  const database = await openEmbeddedDatabase(dataDir);
  opened.add(() => database.close());
  return { kind: 'embedded', socketDir: dataDir.socketDir };
}
