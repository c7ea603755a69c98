import type pg from 'pg';
import type { WebhookTarget } from '../load/webhook-sender.js';
import type { ServerName } from '../control/protocol.js';
import { addAged, addPendingEvents, fillDatabase } from './fill.js';

/** What flows of one server left. */
export interface StoredFlows {
  readonly connected: number;
  readonly users: number;
  readonly connections: number;
  readonly delivered: number;
  readonly otherAttempts: number;
  readonly undelivered: number;
}

/** Owners are named after the server that their flow went through: `fastify:17`. */
const of = (system: ServerName): string => `owner_id LIKE '${system}:%'`;

/** What the measured systems stored, as the driver sees it, and what it puts there for them. */
export class Stored {
  constructor(private readonly client: pg.Client) {}

  /** Counts what the flows of a server left. */
  async storedFlows(system: ServerName): Promise<StoredFlows> {
    const prefix = system === 'baseline' ? 'baseline' : 'powens';
    const count = (table: string, condition = 'true'): string =>
      `(SELECT count(*) FROM ${prefix}_${table} WHERE ${condition})::int`;
    // The baseline's outbox knows no owner: its relayed events are told apart by their connection.
    const flows = system === 'baseline' ? 'order_key IN (SELECT id FROM baseline_connection)' : of(system);
    const created = `type = 'connection.created' AND ${flows}`;
    return this.one(`SELECT
      ${count('attempt', `status = 'connected' AND ${of(system)}`)} AS connected,
      ${count('attempt', `status <> 'connected' AND ${of(system)}`)} AS "otherAttempts",
      ${count('user', of(system))} AS users,
      ${count('connection', of(system))} AS connections,
      ${count('outbox', `status = 'delivered' AND ${created}`)} AS delivered,
      ${count('outbox', `status <> 'delivered' AND ${created}`)} AS undelivered`);
  }

  /** Events that wait for their delivery. */
  async waitingEvents(isBaseline: boolean): Promise<number> {
    const table = isBaseline ? 'baseline_outbox' : 'powens_outbox';
    return this.count(`SELECT count(*)::int AS count FROM ${table} WHERE status = 'pending'`);
  }

  /** Webhooks that wait to be processed. */
  async waitingWebhooks(): Promise<number> {
    return this.count(`SELECT count(*)::int AS count FROM powens_inbox WHERE status = 'pending'`);
  }

  /** Webhooks taken in during this run. */
  async storedWebhooks(): Promise<{ library: number; baseline: number }> {
    return this.one(`SELECT
      (SELECT count(*) FROM powens_inbox WHERE dedupe_key NOT LIKE 'filled%')::int AS library,
      (SELECT count(*) FROM baseline_inbox)::int AS baseline`);
  }

  /** Webhooks processed during this run, and the events that told of them. */
  async processedWebhooks(): Promise<{ processed: number; synced: number }> {
    return this.one(`SELECT
      (SELECT count(*) FROM powens_inbox WHERE dedupe_key NOT LIKE 'filled%' AND status = 'processed')::int AS processed,
      (SELECT count(*) FROM powens_outbox WHERE type = 'connection.synced' AND status = 'delivered'
        AND owner_id NOT LIKE 'filled:%' AND owner_id NOT LIKE 'relay:%')::int AS synced`);
  }

  /** Connections made by flows. */
  async webhookTargets(isBaseline: boolean, limit: number): Promise<readonly WebhookTarget[]> {
    const prefix = isBaseline ? 'baseline' : 'powens';
    const { rows } = await this.client.query<WebhookTarget>(
      `SELECT connection.powens_connection_id AS "powensConnectionId", account.powens_user_id AS "powensUserId"
        FROM ${prefix}_connection connection JOIN ${prefix}_user account ON account.id = connection.user_id
        WHERE connection.owner_id NOT LIKE 'filled:%' ORDER BY connection.id LIMIT $1`,
      [limit],
    );
    return rows;
  }

  /** Owners with a token that can be opened. */
  async owners(isBaseline: boolean, limit: number): Promise<readonly string[]> {
    const { rows } = await this.client.query<{ owner: string }>(
      `SELECT owner_id AS owner FROM ${isBaseline ? 'baseline' : 'powens'}_user
        WHERE owner_id NOT LIKE 'filled:%' AND status = 'active' ORDER BY id LIMIT $1`,
      [limit],
    );
    return rows.map(({ owner }) => owner);
  }

  /** Adds events that wait, each about another connection. */
  async addPendingEvents(isBaseline: boolean, count: number): Promise<void> {
    if (isBaseline) {
      await this.client.query(BASELINE_EVENTS, [count]);
    } else {
      await addPendingEvents(this.client, count);
    }
  }

  /** Adds rows whose time is over, `count` of each kind. */
  async addAged(count: number): Promise<void> {
    await addAged(this.client, count);
  }

  /** Rows whose time is over and that are still there. */
  async agedRows(): Promise<number> {
    return this.count(`SELECT (
      (SELECT count(*) FROM powens_attempt WHERE expires_at < now() - interval '35 days')
      + (SELECT count(*) FROM powens_outbox WHERE completed_at < now() - interval '35 days')
      + (SELECT count(*) FROM powens_inbox WHERE received_at < now() - interval '35 days'))::int AS count`);
  }

  /** Fills every table with the rows of years. */
  async fill(rows: number): Promise<void> {
    await fillDatabase(this.client, rows);
  }

  /** What autovacuum does on a server that is looked after. */
  async maintain(): Promise<void> {
    await this.client.query('VACUUM (ANALYZE)');
  }

  /** Rows of each table of the library. */
  async tableSizes(): Promise<Record<string, number>> {
    const tables = ['attempt', 'user', 'connection', 'outbox', 'inbox'];
    return this.one(
      `SELECT ${tables.map((name) => `(SELECT count(*) FROM powens_${name})::int AS ${name === 'user' ? '"user"' : name}`).join(', ')}`,
    );
  }

  private async count(query: string): Promise<number> {
    const { count } = await this.one<{ count: number }>(query);
    return count;
  }

  private async one<Row extends object>(query: string): Promise<Row> {
    const { rows } = await this.client.query<Row>(query);
    const [row] = rows;
    if (row === undefined) {
      throw new Error('a count answered no row');
    }
    return row;
  }
}

const BASELINE_EVENTS = `
  INSERT INTO baseline_outbox (id, instance, tenant, type, order_key, payload, status, deliveries, created_at, available_at)
  SELECT id, 'baseline', '', 'connection.synced', id,
    jsonb_build_object('id', id, 'type', 'connection.synced', 'version', 1, 'occurredAt', now(), 'ownerId', 'relay:' || g,
      'tenant', '', 'attemptId', NULL, 'connectionId', id, 'powensConnectionId', g::text, 'powensUserId', g::text,
      'data', jsonb_build_object('state', NULL))::text, 'pending', 0, now(), now()
  FROM (SELECT g, gen_random_uuid() AS id FROM generate_series(1, $1::int) g) message`;
