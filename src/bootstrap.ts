import type { INestApplication } from '@nestjs/common';
import { readEnvironment, type Environment } from './config/environment.js';
import { claimPorts } from './config/free-port.js';
import { openDataDir } from './database/data-dir.js';
import { startEmbeddedDatabase } from './database/embedded-database.js';
import type { Foundation, HostLog } from './foundation.js';
import { OpenedResources } from './opened-resources.js';

// This file does not load Nest: checks that may refuse a start run first, and the embedded database starts in a separate
// thread while `assembly.js` is read and compiled.

/** A running host. */
export interface RunningHost {
  /** Its public URL. */
  readonly url: string;
  /** The embedded sandbox, or null when Powens is not embedded. */
  readonly sandboxUrl: string | null;
  readonly app: INestApplication;
  /** Stops the application first, then its resources. */
  close(): Promise<void>;
}

/** How a host is started from code. */
export interface StartOptions {
  /** Replaces the console, or silences it with `false`. */
  readonly logger?: HostLog;
  /** Receives a line before a slow step, as soon as it starts. */
  readonly progress?: (line: string) => void;
  /**
   * Signals that stop the host and end the process: gracefully at the first, at once at the second.
   *
   * @default []
   */
  readonly signals?: readonly NodeJS.Signals[];
}

/**
 * Starts the demo host, with everything that is not configured: a sandbox, a database, a key.
 *
 * @throws EnvironmentError, PortInUseError, DataDirError, DataDirInUseError: their messages say what to change
 */
export async function startHost(
  env: NodeJS.ProcessEnv = process.env,
  options: StartOptions = {},
): Promise<RunningHost> {
  const environment = readEnvironment(env);
  const opened = new OpenedResources();
  try {
    const foundation = await lay(environment, opened, options.progress ?? (() => undefined));
    const { assemble } = await import('./assembly.js');
    const { app, config, sandboxUrl } = await assemble(foundation, opened, options);
    return { url: config.publicUrl, sandboxUrl, app, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Takes the ports and the data directory, and starts the embedded database without waiting for it. */
async function lay(
  environment: Environment,
  opened: OpenedResources,
  progress: (line: string) => void,
): Promise<Foundation> {
  const { databaseUrl, powens } = environment;
  // The ports first: the redirect URI holds one, and a taken one is reported before anything is opened.
  const [port, sandboxPort] = await claimPorts(environment);
  const foundation = { environment, port, sandboxPort, database: null, dataDir: null };
  if (databaseUrl !== null && powens !== null) {
    return foundation;
  }
  const dataDir = await openDataDir(environment.dataDir);
  opened.add(() => dataDir.release());
  if (databaseUrl !== null) {
    return { ...foundation, dataDir: dataDir.path };
  }
  const database = startEmbeddedDatabase(dataDir);
  opened.add(() => database.close());
  progress(
    database.isNew
      ? `Making the embedded database in ${dataDir.path}: some seconds, this once …`
      : `Opening the embedded database in ${dataDir.path} …`,
  );
  return { ...foundation, dataDir: dataDir.path, database };
}
