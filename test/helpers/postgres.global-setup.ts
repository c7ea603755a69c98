import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { assertClean } from './canary/assert-clean.js';
import { databaseUrl, dropDatabase } from './postgres/databases.js';
import { keepRows } from './postgres/kept-data.js';
import type { RunningPostgres } from './postgres/postgres-server.js';
import { createRunFolder, type RunFolder } from './postgres/run-folder.js';
import { startPostgres } from './postgres/start-postgres.js';

/** Starts what the integration and end-to-end tests need; returns what takes it down again. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = createRunFolder();
  try {
    const postgres = await startPostgres(folder.path);
    project.provide('postgres', postgres.capabilities);
    project.provide('runFolder', folder.path);
    process.stdout.write(`PostgreSQL for the tests: ${postgres.capabilities.kind}\n`);
    return () => tearDown(postgres, folder);
  } catch (error) {
    folder.remove();
    throw error;
  }
}

async function tearDown(postgres: RunningPostgres, folder: RunFolder): Promise<void> {
  try {
    await removeLeftovers(postgres, folder.path);
    // A stopped server has written everything to its files.
    await postgres.stop();
    process.stdout.write(`\n${assertClean(folder.path)}\n`);
  } catch (error) {
    // Vitest prints what a teardown throws, but does not fail the run for it.
    process.exitCode = 1;
    throw error;
  } finally {
    folder.remove();
  }
}

/** On a server that is not ours, drops the databases of test files that ended without doing so. */
async function removeLeftovers(postgres: RunningPostgres, runFolder: string): Promise<void> {
  const { adminUrl, kind } = postgres.capabilities;
  const list = join(runFolder, 'databases.txt');
  if (kind !== 'server' || !existsSync(list)) return;
  for (const name of readFileSync(list, 'utf8').split('\n').filter(Boolean)) {
    const kept = join(runFolder, 'dropped', name);
    if (existsSync(kept)) continue;
    await keepRows(databaseUrl(adminUrl, name), kept);
    await dropDatabase(adminUrl, name);
  }
}
