import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DataSource } from 'typeorm';
import { KeyRingLoader } from '../custody/key-ring-loader.js';
import { KeyRotationRepository } from '../custody/key-rotation.repository.js';
import { KeyRotationService } from '../custody/key-rotation.service.js';
import { PowensUserRepository } from '../custody/powens-user.repository.js';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { CONNECTIONS_ENTITIES } from '../database/index.js';
import { storageError } from '../database/storage-error.js';
import type { KeyProvider } from '../options/key-provider.interface.js';
import { resolveKeys } from '../options/resolve-keys.js';
import { UsageError, type KeysArguments } from './keys-arguments.js';

const CONNECT_TIMEOUT_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Lends the rotation service of an application that is not running here: its own database sessions, the same code.
 *
 * @throws UsageError, ConfigurationError, ConnectionsError; StorageError without the URL, which holds a password
 */
export async function withRotation<T>(
  wish: KeysArguments,
  env: Environment,
  use: (rotation: KeyRotationService) => Promise<T>,
): Promise<T> {
  const url = databaseUrl(env['DATABASE_URL']);
  // The ring first: without it nothing is asked of the database.
  const keyRing = await loaderOf(await providerOf(wish.keyProvider), env['CONNECTIONS_KEYS']).load();
  const dataSource = await connected(url, wish);
  try {
    // Without named statements, so that it also runs through a pooler that does not keep them.
    const database = new ConnectionsDatabase(dataSource, { preparedStatements: false });
    await database.assertUsable();
    const users = new PowensUserRepository(database);
    return await use(new KeyRotationService(wish, keyRing, users, new KeyRotationRepository(database)));
  } finally {
    await dataSource.destroy();
  }
}

function databaseUrl(url: string | undefined): string {
  if (url === undefined || !/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError('DATABASE_URL must be set to postgres://user:password@host:5432/database.');
  }
  return url;
}

function loaderOf(keyProvider: KeyProvider | undefined, keys: string | undefined): KeyRingLoader {
  const source = resolveKeys({
    ...(keys === undefined ? {} : { keys }),
    ...(keyProvider === undefined ? {} : { keyProvider }),
  });
  return new KeyRingLoader(source);
}

async function providerOf(file: string | undefined): Promise<KeyProvider | undefined> {
  if (file === undefined) {
    return undefined;
  }
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: KeyProvider };
    if (module.default !== undefined) {
      return module.default;
    }
  } catch (error) {
    const name = error instanceof Error ? error.name : 'an error';
    throw new UsageError(`The module of --key-provider cannot be loaded: ${name}.`);
  }
  throw new UsageError('The module of --key-provider has no default export.');
}

async function connected(url: string, { schema, prefix }: KeysArguments): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: [...CONNECTIONS_ENTITIES],
    ...(schema === undefined ? {} : { schema }),
    ...(prefix === undefined ? {} : { entityPrefix: prefix }),
    installExtensions: false,
    logging: false,
    extra: { max: 2, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, application_name: 'connections-keys' },
  });
  try {
    return await dataSource.initialize();
  } catch (error) {
    throw storageError(error);
  }
}
