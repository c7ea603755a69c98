import type pg from 'pg';

/** A moment within the last so many days, another for each row. */
const within = (days: number): string =>
  `now() - (1 + (g::bigint * 7919) % ${days * 86_400 - 2}) * interval '1 second'`;

/**
 * Fills every table with `rows` rows of other owners, of which nothing is due: no warning, no removal, no retry. Nothing tells
 * the planner: statistics are those of the empty tables.
 */
export async function fillTables(client: pg.Client, rows: number): Promise<void> {
  for (const statement of [USERS, CONNECTIONS, LOSSES]) {
    await client.query(statement, [rows]);
  }
  await client.query(LINKS.replace('MOMENT', `now() + interval '1 hour'`), [rows]);
  await addMessages(client, rows, within(28));
}

/** Adds attempts, events and webhooks that ended 40 days ago, and links that have expired: each of them is to be removed. */
export async function addAged(client: pg.Client, rows: number): Promise<void> {
  await client.query(LINKS.replace('MOMENT', `now() - interval '1 hour'`), [rows]);
  await addMessages(client, rows, `now() - interval '40 days'`);
}

/** Adds events and webhooks that are to be tried again in an hour, each of another connection. */
export async function addBacklog(client: pg.Client, rows: number): Promise<void> {
  for (const statement of [EVENTS, WEBHOOKS]) {
    await client.query(statement.replace('MOMENT', 'now()'), [rows]);
  }
  const later = `status = 'pending', completed_at = NULL, available_at = now() + interval '1 hour'`;
  await client.query(`UPDATE powens_outbox SET ${later}, order_key = id WHERE created_at = now()`);
  await client.query(`UPDATE powens_inbox SET ${later} WHERE received_at = now()`);
}

async function addMessages(client: pg.Client, rows: number, at: string): Promise<void> {
  for (const statement of [ATTEMPTS, EVENTS, WEBHOOKS]) {
    await client.query(statement.replace('MOMENT', at), [rows]);
  }
}

const USERS = `
  INSERT INTO powens_user (id, instance, tenant, owner_id, powens_user_id, api_origin, client_id, authenticator, status,
    renewable, sealed_token, key_id, reconcile_at, reconciled_at, created_at, updated_at)
  SELECT md5('user' || g)::uuid, 'default', '', 'filled:' || g, (900000000000 + g)::text, known.api_origin, known.client_id,
    'filled', 'active', true, 'filled', 'k1', now() + interval '1 hour', ${within(1)} - interval '1 hour', now(), now()
  FROM generate_series(1, $1::int) g, (SELECT api_origin, client_id FROM powens_user WHERE status = 'active' LIMIT 1) known`;

/** Half of the consents end within days, which was told; a tenth was silent for weeks, which was told, too. */
const CONNECTIONS = `
  INSERT INTO powens_connection (id, instance, tenant, owner_id, user_id, status, removal_reason, powens_connection_id,
    connector_uuid, state, created_at, last_synced_at, expires_at, expiry_notified_for, silence_notified_at, remove_at, revision,
    authenticator)
  SELECT md5('connection' || g)::uuid, 'default', '', 'filled:' || g, md5('user' || g)::uuid,
    CASE WHEN g % 50 = 0 THEN 'gone' ELSE 'active' END, CASE WHEN g % 50 = 0 THEN 'gone_at_powens' END,
    (900000000000 + g)::text, 'connector', CASE WHEN g % 20 = 1 THEN 'SCARequired' END, now() - interval '100 days',
    synced_at, end_at, CASE WHEN end_at < now() + interval '90 days' THEN end_at END,
    CASE WHEN g % 10 = 0 THEN synced_at END, CASE WHEN g % 50 = 0 THEN now() + interval '20 days' END, 1, 'filled'
  FROM generate_series(1, $1::int) g,
    LATERAL (SELECT CASE WHEN g % 10 < 2 THEN ${within(60)} - interval '30 days' ELSE ${within(1)} END AS synced_at,
      ${within(180)} + interval '181 days' AS end_at) moment
  WHERE g % 10 <> 1 OR g % 20 = 1`;

const LOSSES = `
  INSERT INTO powens_loss (id, instance, subject, subject_id, user_id, evidence, status, weight, first_seen_at, last_seen_at,
    granted_at, ended_at)
  SELECT gen_random_uuid(), 'default', 'connection', md5('connection' || g)::uuid, md5('user' || g)::uuid,
    'connection_not_found', 'applied', 1, at, at, at, at
  FROM generate_series(1, $1::int) g, LATERAL (SELECT ${within(20)} - interval '2 days' AS at) moment`;

const LINKS = `
  INSERT INTO powens_link (id, instance, tenant, owner_id, token_hash, sealed_request, uses_left, created_at, expires_at)
  SELECT gen_random_uuid(), 'default', '', 'filled:' || g, sha256(('token' || g || clock_timestamp())::bytea), 'filled', 1,
    now() - interval '1 day', MOMENT
  FROM generate_series(1, $1::int) g`;

const ATTEMPTS = `
  INSERT INTO powens_attempt (id, instance, tenant, owner_id, flow, status, state_hash, binding_hash, expects_code,
    redirect_uri, connection_ids, created_at, expires_at, completed_at, exchanges, postponed)
  SELECT gen_random_uuid(), 'default', '', 'filled:' || g, 'connect', CASE WHEN g % 8 = 0 THEN 'pending' ELSE 'connected' END,
    sha256(('state' || g || clock_timestamp())::bytea), sha256(('binding' || g)::bytea), true, 'https://host.example', '[]',
    at, at + interval '35 minutes', at, 1, 0
  FROM generate_series(1, $1::int) g, LATERAL (SELECT MOMENT AS at) moment`;

const EVENTS = `
  INSERT INTO powens_outbox (id, instance, tenant, owner_id, type, order_key, payload, status, deliveries, created_at,
    available_at, completed_at)
  SELECT gen_random_uuid(), 'default', '', 'filled:' || g, 'connection.synced', md5('connection' || g)::uuid, '{}',
    CASE WHEN g % 20 = 0 THEN 'dead' ELSE 'delivered' END, 1, at, at, at
  FROM generate_series(1, $1::int) g, LATERAL (SELECT MOMENT AS at) moment`;

const WEBHOOKS = `
  INSERT INTO powens_inbox (instance, tenant, event, dedupe_key, order_key, powens_user_id, powens_connection_id, body,
    encoding, status, tries, received_at, available_at, completed_at)
  SELECT 'default', '', 'CONNECTION_SYNCED', 'filled:' || gen_random_uuid(), 'connection:' || 900000000000 + g,
    (900000000000 + g)::text, (900000000000 + g)::text, CASE WHEN at > now() - interval '6 days' THEN '{}'::bytea END,
    'identity', CASE WHEN g % 20 = 0 THEN 'parked' ELSE 'processed' END, 1, at, at, at
  FROM generate_series(1, $1::int) g, LATERAL (SELECT MOMENT AS at) moment`;
