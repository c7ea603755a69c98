import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { DataSource } from 'typeorm';
import { registerSecret } from '../../../../../test/helpers/canary/collector.js';
import { createTestDatabase, type TestDatabase } from '../../../../../test/helpers/database.js';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from '../../database/index.js';
import { PowensUserLeaseRepository } from '../powens-user-lease.repository.js';
import { authenticateRow } from '../authenticator.js';
import { accessTokenContext, type BoundRow } from '../crypto/encryption-context.js';
import { openEnvelope, sealEnvelope } from '../crypto/envelope.js';
import { KeyRing } from '../crypto/key-ring.js';
import { KeyRotationRepository } from '../rotation/key-rotation.repository.js';
import { KeyRotationService } from '../rotation/key-rotation.service.js';
import { PowensUserRepository } from '../powens-user.repository.js';

export const INSTANCE = 'default';

export const PROVIDER = { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' };

/** A row as the test put it there. */
export interface PutRow {
  readonly id: string;
  readonly ownerId: string;
  readonly token: string;
}

/** A database with rows to rotate, and nothing else of an application. */
export interface RotationUnderTest {
  readonly database: TestDatabase;
  readonly dataSource: DataSource;
  readonly accounts: PowensUserLeaseRepository;
  /** The service of a process that has these keys. */
  service(keys: string): KeyRotationService;
  /** Puts rows there, sealed with the first of these keys. */
  put(count: number, keys: string): Promise<readonly PutRow[]>;
  /** Opens what a row holds now. */
  read(row: PutRow, keys: string): Promise<string>;
  sealedToken(row: PutRow): Promise<string>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** Makes an `id:key` entry. */
export function madeUpKey(id: string): string {
  const key = randomBytes(32).toString('base64');
  registerSecret('key', key);
  return `${id}:${key}`;
}

export async function rotationUnderTest(
  layout: { schema?: string; entityPrefix?: string } = {},
): Promise<RotationUnderTest> {
  const database = await createTestDatabase();
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [...CONNECTIONS_ENTITIES],
    migrations: [...CONNECTIONS_MIGRATIONS],
    installExtensions: false,
    extra: { max: database.poolSize },
    ...layout,
  }).initialize();
  if (layout.schema !== undefined) await dataSource.query(`CREATE SCHEMA "${layout.schema}"`);
  await dataSource.runMigrations();
  const connections = new ConnectionsDatabase(dataSource, { instance: INSTANCE, preparedStatements: true });
  const table = connections.tables.user.sql;
  const sealedToken = async ({ id }: PutRow): Promise<string> => {
    const rows: { sealed_token: string }[] = await dataSource.query(
      `SELECT sealed_token FROM ${table} WHERE id = $1`,
      [id],
    );
    return rows[0]?.sealed_token ?? '';
  };
  return {
    database,
    dataSource,
    accounts: new PowensUserLeaseRepository(connections),
    service: (keys) =>
      new KeyRotationService(
        { instance: INSTANCE },
        KeyRing.parse(keys),
        new PowensUserRepository(connections),
        new KeyRotationRepository(connections),
      ),
    put: async (count, keys) => put(dataSource, table, sealedRows(count, KeyRing.parse(keys))),
    read: async (row, keys) => openEnvelope(await sealedToken(row), contextOf(row), KeyRing.parse(keys)),
    sealedToken,
    empty: async () => {
      await dataSource.query(`DELETE FROM ${table}`);
    },
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

interface SealedPut extends PutRow {
  readonly sealed: string;
  readonly keyId: string;
  readonly authenticator: string;
}

function sealedRows(count: number, ring: KeyRing): SealedPut[] {
  // One secret for all of them: the scan at the end looks for each that is registered.
  const secret = randomBytes(24).toString('base64url');
  registerSecret('access token', secret);
  return Array.from({ length: count }, (_, index) => {
    const row = { id: uuidv7(), ownerId: `owner-${uuidv7()}`, token: `${secret}.${index}` };
    return {
      ...row,
      keyId: ring.primaryId,
      sealed: sealEnvelope(row.token, contextOf(row), ring),
      authenticator: authenticateRow(
        { row: boundRow(row.id, row.ownerId), purpose: 'keep', instance: INSTANCE },
        ring,
      ),
    };
  });
}

async function put(dataSource: DataSource, table: string, rows: SealedPut[]): Promise<readonly PutRow[]> {
  const column = <K extends keyof SealedPut>(name: K): SealedPut[K][] => rows.map((row) => row[name]);
  await dataSource.query(
    `INSERT INTO ${table} (id, instance, tenant, owner_id, powens_user_id, api_origin, client_id, authenticator, status,
       renewable, sealed_token, key_id, created_at, updated_at)
     SELECT id, $1, '', owner_id, owner_id, $7, $8, authenticator, 'active', true, sealed, key_id, now(), now()
     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
       AS v (id, owner_id, sealed, key_id, authenticator)`,
    [
      INSTANCE,
      column('id'),
      column('ownerId'),
      column('sealed'),
      column('keyId'),
      column('authenticator'),
      PROVIDER.apiOrigin,
      PROVIDER.clientId,
    ],
  );
  return rows;
}

/** What a row that the test put there is bound to. */
export function boundRow(id: string, ownerId: string): BoundRow {
  return { userId: id, owner: { id: ownerId, tenant: '' }, powensUserId: ownerId, provider: PROVIDER };
}

function contextOf({ id, ownerId }: PutRow): ReturnType<typeof accessTokenContext> {
  return accessTokenContext(INSTANCE, boundRow(id, ownerId));
}
