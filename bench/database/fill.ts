import type pg from 'pg';
import { INSTANCE } from '../systems/nest/instance.js';

/**
 * Fills the library's tables with what a product leaves that ran for years: `rows` in each table. Users and connections
 * came evenly over four years; attempts, events and webhooks are those of the last 30 days, since older ones are
 * removed. Nothing in it is due: no warning, no removal, no retry.
 */
export async function fillDatabase(client: pg.Client, rows: number): Promise<void> {
  // What is lost in a crash of the machine is the benchmark's own.
  await client.query('SET synchronous_commit = off');
  for (const statement of [USERS, CONNECTIONS, ATTEMPTS, EVENTS, WEBHOOKS]) {
    await client.query(statement(rows));
  }
  await client.query('SET synchronous_commit = on');
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
}

/** Adds rows that ended 40 days ago, as many of each kind. */
export async function addAged(client: pg.Client, count: number): Promise<void> {
  const old = `now() - interval '40 days'`;
  await client.query(attempts(count, old));
  await client.query(events(count, old));
  await client.query(webhooks(count, old));
}

/** Events that wait for their delivery, each about another connection. */
export async function addPendingEvents(client: pg.Client, count: number): Promise<void> {
  await client.query(PENDING_EVENTS, [count]);
}

/** A moment within the last so many days, the same for the same row. */
const within = (days: number): string =>
  `now() - (1 + (g::bigint * 7919) % ${days * 86_400 - 2}) * interval '1 second'`;
const hash = (of: string): string => `sha256(('${of}' || g || clock_timestamp())::bytea)`;
/** 98 of 100 owners have a living Powens user with a token; 2 are tombstones. */
const isErased = 'g % 50 = 0';
const envelope = `'v1.k1.' || encode(sha256(g::text::bytea) || sha256((-g)::text::bytea) || sha256('filled'), 'base64')`;

/** The address that the measured hosts use: a host does not start on Powens users of another one. */
const PROVIDER = `
  SELECT coalesce(max(api_origin), 'http://127.0.0.1') AS api_origin, coalesce(max(client_id), '1') AS client_id
  FROM powens_user WHERE owner_id NOT LIKE 'filled:%'`;

const USERS = (rows: number): string => `
  INSERT INTO powens_user (id, instance, tenant, owner_id, powens_user_id, status, renewable, sealed_token, key_id,
    reconcile_at, reconciled_at, created_at, updated_at, api_origin, client_id, authenticator)
  SELECT md5('user' || g)::uuid, '${INSTANCE}', '', CASE WHEN ${isErased} THEN encode(${hash('owner')}, 'hex') ELSE 'filled:' || g END,
    CASE WHEN ${isErased} THEN encode(${hash('user')}, 'hex') ELSE (900000000000 + g)::text END,
    CASE WHEN ${isErased} THEN 'erased' ELSE 'active' END, true,
    CASE WHEN ${isErased} THEN NULL ELSE ${envelope} END, CASE WHEN ${isErased} THEN NULL ELSE 'k1' END,
    CASE WHEN ${isErased} THEN NULL ELSE ${within(1)} + interval '1 day' END, ${within(1)},
    ${within(1460)}, ${within(1460)}, at.api_origin, at.client_id, 'filled'
  FROM generate_series(1, ${rows}) g, (${PROVIDER}) at`;

/** Synchronised within a day; 1 of 20 waits for its owner since long, which was told. Consents end within half a year;
 * none comes to its time while the benchmark runs. */
const isWaiting = 'g % 20 = 1';

const CONNECTIONS = (rows: number): string => `
  INSERT INTO powens_connection (id, instance, tenant, owner_id, user_id, status, powens_connection_id, connector_uuid,
    connector_name, state, created_at, last_synced_at, expires_at, expiry_notified_for, revision, authenticator)
  SELECT md5('connection' || g)::uuid, '${INSTANCE}', '', 'filled:' || g - CASE WHEN ${isErased} THEN 1 ELSE 0 END,
    md5('user' || g - CASE WHEN ${isErased} THEN 1 ELSE 0 END)::uuid, 'active', (900000000000 + g)::text,
    md5('connector' || g % 40)::uuid::text, 'Bank ' || g % 40, CASE WHEN ${isWaiting} THEN 'SCARequired' END,
    ${within(1460)}, CASE WHEN ${isWaiting} THEN ${within(60)} ELSE ${within(1)} END,
    end_at, CASE WHEN end_at < now() + interval '14 days' THEN end_at END, 3, 'filled'
  FROM generate_series(1, ${rows}) g, LATERAL (SELECT ${within(175)} + interval '180 days' AS drawn) draw,
    LATERAL (SELECT drawn + CASE WHEN drawn BETWEEN now() + interval '14 days' AND now() + interval '15 days'
      THEN interval '1 day' ELSE interval '0' END AS end_at) consent`;

const ATTEMPTS = (rows: number): string => attempts(rows, within(28));
const EVENTS = (rows: number): string => events(rows, within(28));
const WEBHOOKS = (rows: number): string => webhooks(rows, within(28));

/** Of 100: 75 connected, 12 abandoned, 7 denied, 5 failed, 1 unknown. */
function attempts(rows: number, at: string): string {
  return `
  INSERT INTO powens_attempt (id, instance, tenant, owner_id, flow, status, state_hash, binding_hash, code_hash,
    expects_code, redirect_uri, connection_ids, error_code, created_at, expires_at, completed_at, exchanges, postponed)
  SELECT gen_random_uuid(), '${INSTANCE}', '', 'filled:' || g, 'connect', status, ${hash('state')}, ${hash('binding')},
    CASE WHEN status = 'pending' THEN NULL ELSE ${hash('code')} END, true, 'http://127.0.0.1/connections/callback',
    CASE WHEN status = 'connected' THEN '["' || md5('connection' || g)::uuid || '"]' ELSE '[]' END,
    CASE WHEN status = 'failed' THEN 'powens_unreachable' END, at, at + interval '35 minutes',
    CASE WHEN status = 'pending' THEN NULL ELSE at + interval '2 minutes' END,
    CASE WHEN status = 'pending' THEN 0 ELSE 1 END, 0
  FROM generate_series(1, ${rows}) g, LATERAL (SELECT ${at} AS at) moment, LATERAL (SELECT CASE
    WHEN g % 100 < 75 THEN 'connected' WHEN g % 100 < 87 THEN 'pending' WHEN g % 100 < 94 THEN 'denied'
    WHEN g % 100 < 99 THEN 'failed' ELSE 'unknown' END AS status) word`;
}

/** 1 of 10 000 is a dead letter. */
function events(rows: number, at: string): string {
  return `
  INSERT INTO powens_outbox (id, instance, tenant, owner_id, type, order_key, payload, status, deliveries, created_at,
    available_at, completed_at)
  SELECT gen_random_uuid(), '${INSTANCE}', '', 'filled:' || g, 'connection.synced', md5('connection' || g)::uuid,
    jsonb_build_object('type', 'connection.synced', 'ownerId', 'filled:' || g, 'data', repeat('x', 200))::text,
    CASE WHEN g % 10000 = 0 THEN 'dead' ELSE 'delivered' END, 1, at, at, at + interval '1 second'
  FROM generate_series(1, ${rows}) g, LATERAL (SELECT ${at} AS at) moment`;
}

/** Of 100: 96 processed, 3 ignored, 1 parked. Bodies are kept for a week. */
function webhooks(rows: number, at: string): string {
  return `
  INSERT INTO powens_inbox (instance, tenant, event, dedupe_key, order_key, powens_user_id, powens_connection_id, body,
    encoding, status, tries, received_at, available_at, completed_at)
  SELECT '${INSTANCE}', '', 'CONNECTION_SYNCED', 'filled' || gen_random_uuid(), 'connection:' || 900000000000 + g,
    (900000000000 + g)::text, (900000000000 + g)::text,
    CASE WHEN at > now() - interval '6 days' AND g % 100 < 96 THEN repeat('x', 600)::bytea END, 'identity',
    CASE WHEN g % 100 < 96 THEN 'processed' WHEN g % 100 < 99 THEN 'ignored' ELSE 'parked' END, 1, at, at,
    at + interval '1 second'
  FROM generate_series(1, ${rows}) g, LATERAL (SELECT ${at} AS at) moment`;
}

const PENDING_EVENTS = `
  INSERT INTO powens_outbox (id, instance, tenant, owner_id, type, order_key, payload, status, deliveries, created_at,
    available_at)
  SELECT id, '${INSTANCE}', '', 'relay:' || g, 'connection.synced', id,
    jsonb_build_object('id', id, 'type', 'connection.synced', 'version', 1, 'occurredAt', now(), 'ownerId', 'relay:' || g,
      'tenant', '', 'attemptId', NULL, 'connectionId', id, 'powensConnectionId', g::text, 'powensUserId', g::text,
      'data', jsonb_build_object('state', NULL))::text, 'pending', 0, now(), now()
  FROM (SELECT g, gen_random_uuid() AS id FROM generate_series(1, $1::int) g) message`;
