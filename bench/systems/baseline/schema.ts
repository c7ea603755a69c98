/**
 * The baseline's tables: columns and indexes of the library's first migration. Its own, so that the baseline stays the
 * same when the library's schema grows, and figures of different days can be compared.
 */
export const BASELINE_SCHEMA = `
CREATE TABLE baseline_attempt (
  id uuid PRIMARY KEY,
  instance varchar(64) NOT NULL, tenant varchar(64) NOT NULL, owner_id varchar(255) NOT NULL,
  flow varchar(16) NOT NULL,
  status varchar(16) NOT NULL CHECK (
    status IN ('pending', 'claimed', 'connected', 'denied', 'failed', 'expired', 'unknown')),
  state_hash bytea NOT NULL, binding_hash bytea NOT NULL, code_hash bytea,
  expects_code boolean NOT NULL, redirect_uri varchar(2048) NOT NULL, return_to varchar(2048),
  connection_id uuid, connection_ids text NOT NULL, error_code varchar(64),
  created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, lease_expires_at timestamptz,
  completed_at timestamptz
);
CREATE UNIQUE INDEX ON baseline_attempt (instance, state_hash);

CREATE TABLE baseline_user (
  id uuid PRIMARY KEY,
  instance varchar(64) NOT NULL, tenant varchar(64) NOT NULL, owner_id varchar(255) NOT NULL,
  powens_user_id varchar(20) NOT NULL,
  status varchar(16) NOT NULL CHECK (status IN ('active', 'revoking', 'deleted')),
  sealed_token text, key_id varchar(64),
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  CHECK (status <> 'active' OR sealed_token IS NOT NULL)
);
CREATE UNIQUE INDEX ON baseline_user (instance, tenant, owner_id);
CREATE UNIQUE INDEX ON baseline_user (instance, powens_user_id);

CREATE TABLE baseline_connection (
  id uuid PRIMARY KEY,
  instance varchar(64) NOT NULL, tenant varchar(64) NOT NULL, owner_id varchar(255) NOT NULL,
  user_id uuid NOT NULL REFERENCES baseline_user (id),
  attempt_id uuid, powens_connection_id varchar(20) NOT NULL,
  connector_uuid varchar(64), connector_name varchar(255), state varchar(64),
  created_at timestamptz NOT NULL, last_synced_at timestamptz, expires_at timestamptz
);
CREATE UNIQUE INDEX ON baseline_connection (instance, powens_connection_id);
CREATE INDEX ON baseline_connection (instance, tenant, owner_id, id);
CREATE INDEX ON baseline_connection (user_id);

CREATE TABLE baseline_outbox (
  position bigserial PRIMARY KEY,
  id uuid NOT NULL, instance varchar(64) NOT NULL, tenant varchar(64) NOT NULL,
  type varchar(64) NOT NULL, order_key uuid NOT NULL, payload text NOT NULL,
  status varchar(16) NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
  deliveries int NOT NULL, created_at timestamptz NOT NULL, available_at timestamptz NOT NULL,
  lease_token uuid, leased_until timestamptz, completed_at timestamptz
);
CREATE UNIQUE INDEX ON baseline_outbox (id);
CREATE INDEX ON baseline_outbox (status, position);
CREATE INDEX ON baseline_outbox (order_key, status, position);

CREATE TABLE baseline_inbox (
  position bigserial PRIMARY KEY,
  instance varchar(64) NOT NULL, event varchar(64) NOT NULL, dedupe_key varchar(64) NOT NULL,
  order_key varchar(64) NOT NULL, powens_user_id varchar(20), powens_connection_id varchar(20), body bytea,
  status varchar(16) NOT NULL, received_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX ON baseline_inbox (instance, dedupe_key);
CREATE INDEX ON baseline_inbox (instance, status, received_at);
`;
