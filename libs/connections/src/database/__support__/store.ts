import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { StorageError } from '../../errors/index.js';
import { ConnectionsDatabase, type DatabaseSession } from '../connections-database.js';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from '../index.js';
import type { Transaction } from '../unit-of-work.js';
import { createTestDatabase, type TestDatabase } from '../../../../../test/helpers/database.js';

/** A time by the database's clock. */
export class DatabaseTime {
  constructor(readonly sql: string) {}
}

export const ago = (interval: string): DatabaseTime => new DatabaseTime(`now() - interval '${interval}'`);
export const ahead = (interval: string): DatabaseTime => new DatabaseTime(`now() + interval '${interval}'`);
export const NOW = new DatabaseTime('now()');

type Values = Readonly<Record<string, unknown>>;

const TABLES = ['attempt', 'connection', 'user', 'loss', 'outbox', 'inbox', 'link'] as const;

/** One row of each table, complete but for what a test is about. */
const ROWS: Record<(typeof TABLES)[number], () => Values> = {
  attempt: () => ({
    id: randomUUID(),
    ...owned(),
    flow: 'connect',
    status: 'pending',
    state_hash: Buffer.from(randomUUID()),
    binding_hash: Buffer.from(randomUUID()),
    expects_code: true,
    redirect_uri: 'https://app.example/connections/callback',
    connection_ids: '[]',
    exchanges: 0,
    postponed: 0,
    created_at: NOW,
    expires_at: ahead('10 minutes'),
  }),
  user: () => ({
    id: randomUUID(),
    ...owned(),
    powens_user_id: randomUUID(),
    api_origin: 'https://acme.biapi.pro',
    client_id: '20000001',
    authenticator: 'ra1.made-up',
    status: 'active',
    renewable: true,
    sealed_token: randomUUID(),
    key_id: 'k1',
    created_at: NOW,
    updated_at: NOW,
  }),
  connection: () => ({
    id: randomUUID(),
    ...owned(),
    status: 'active',
    authenticator: 'stored by a test',
    powens_connection_id: String(Math.floor(Number(`0x${randomUUID().slice(0, 8)}`)) + 1),
    created_at: NOW,
    revision: 1,
  }),
  loss: () => ({
    id: randomUUID(),
    instance: 'default',
    subject: 'connection',
    subject_id: randomUUID(),
    user_id: randomUUID(),
    evidence: 'connection_not_found',
    status: 'suspected',
    weight: 1,
    first_seen_at: NOW,
    last_seen_at: NOW,
  }),
  outbox: () => ({
    id: randomUUID(),
    ...owned(),
    type: 'connection.synced',
    order_key: randomUUID(),
    payload: '{}',
    status: 'pending',
    deliveries: 0,
    created_at: NOW,
    available_at: NOW,
  }),
  inbox: () => ({
    instance: 'default',
    tenant: '',
    event: 'CONNECTION_SYNCED',
    dedupe_key: randomUUID(),
    order_key: randomUUID(),
    encoding: 'identity',
    status: 'pending',
    tries: 0,
    received_at: NOW,
    available_at: NOW,
  }),
  link: () => ({
    id: randomUUID(),
    ...owned(),
    token_hash: Buffer.from(randomUUID()),
    sealed_request: 'sealed',
    uses_left: 1,
    created_at: NOW,
    expires_at: ahead('10 minutes'),
  }),
};

/** A database with the library's tables, and nothing else of an application. */
export class Store {
  readonly database: ConnectionsDatabase;

  private constructor(
    private readonly home: TestDatabase,
    readonly dataSource: DataSource,
  ) {
    this.database = this.ofInstance('default');
  }

  static async open(): Promise<Store> {
    const home = await createTestDatabase();
    const dataSource = await new DataSource({
      type: 'postgres',
      url: home.url,
      entities: [...CONNECTIONS_ENTITIES],
      migrations: [...CONNECTIONS_MIGRATIONS],
      installExtensions: false,
      extra: { max: home.poolSize },
    }).initialize();
    await dataSource.runMigrations();
    return new Store(home, dataSource);
  }

  /** The same database, as another registration of the module sees it. */
  ofInstance(instance: string): ConnectionsDatabase {
    return new ConnectionsDatabase(this.dataSource, { instance, preparedStatements: true });
  }

  /** The same database, for a process that loses the answer to each of its statements once, after it took effect. */
  losingAnswers(): ConnectionsDatabase {
    const options = { instance: 'default', preparedStatements: true };
    return new LosingDatabase(this.dataSource, options);
  }

  /** Puts a row there, as another process left it. */
  async put<Row = { id: string }>(table: (typeof TABLES)[number], values: Values = {}): Promise<Row> {
    const row = { ...ROWS[table](), ...values };
    const given: unknown[] = [];
    const places = Object.values(row).map((value) =>
      value instanceof DatabaseTime ? value.sql : `$${given.push(value)}`,
    );
    const rows: Row[] = await this.dataSource.query(
      `INSERT INTO powens_${table} (${Object.keys(row).join(', ')}) VALUES (${places.join(', ')}) RETURNING *`,
      given,
    );
    return rows[0] as Row;
  }

  /** Reads rows, or changes them behind the library's back. */
  async query<Row = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const found: unknown = await this.dataSource.query(text, [...values]);
    // An UPDATE answers with its rows and their number.
    return (Array.isArray(found) && Array.isArray(found[0]) ? found[0] : found) as Row[];
  }

  /** Runs statements in one session of their own. */
  async apart(run: (query: (text: string) => Promise<unknown>) => Promise<void>): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await run(async (text) => runner.query(text));
    } finally {
      await runner.release();
    }
  }

  /** Reads one row by its id. */
  async find<Row = Record<string, unknown>>(
    table: (typeof TABLES)[number],
    id: string,
  ): Promise<Row | undefined> {
    const [row] = await this.query<Row>(`SELECT * FROM powens_${table} WHERE id = $1`, [id]);
    return row;
  }

  /** Runs writes as one transaction. */
  async write(collect: (tx: Transaction) => void): Promise<void> {
    await this.database.transaction(collect);
  }

  /** For a few rows, faster than `TRUNCATE`. */
  async empty(): Promise<void> {
    for (const name of TABLES) {
      await this.dataSource.query(`DELETE FROM powens_${name}`);
    }
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.home.drop();
  }
}

class LosingDatabase extends ConnectionsDatabase {
  #isLost = false;

  override async withSession<T>(
    use: (session: DatabaseSession) => Promise<T>,
    withinMs?: number,
  ): Promise<T> {
    const result = await super.withSession(use, withinMs);
    this.#isLost = !this.#isLost;
    if (this.#isLost) {
      throw new StorageError('08006', null, { outcome: 'unknown' });
    }
    return result;
  }
}

function owned(): Values {
  return { instance: 'default', tenant: '', owner_id: randomUUID() };
}
