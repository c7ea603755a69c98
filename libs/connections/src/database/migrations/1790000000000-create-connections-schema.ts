import type { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { EXPIRY_NOT_NOTIFIED, SILENCE_NOT_NOTIFIED } from '../not-notified.js';
import { CONNECTION_REASONS, USER_REASONS } from '../reasons.js';
import { audit, auditErasure, auditHead } from './audit-tables.js';
import { attempt } from './attempt-table.js';
import { loss } from './loss-table.js';
import { shareLink } from './share-link-table.js';
import { nullable, partial, path, table, text, type Columns } from './schema-tools.js';

const id = { type: 'uuid', isPrimary: true };
/** The actor and the application's metadata, copied from the attempt to the connection. */
const DESCRIPTION: Columns = { connected_by: nullable('varchar', 255), metadata: nullable('text') };
const PROVIDER: Columns = { api_origin: nullable('varchar', 512), client_id: nullable('varchar', 64) };
const OWNED: Columns = { instance: text(64), tenant: text(64), owner_id: text(255) };

/**
 * Creates the library's tables, in the host's schema and with its `entityPrefix`.
 *
 * Plans are made while the tables are empty, when all indexes look equally cheap, and kept for long. So no statement may be
 * able to use an index that is not meant for it: an index begins with a column that only its own statements compare,
 * or is partial on a condition that only they state. `instance`, which they all compare, begins none but partial ones.
 *
 * @public
 */
export class CreateConnectionsSchema1790000000000 implements MigrationInterface {
  name = 'CreateConnectionsSchema1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    const ofOwners = [attempt, user, connection, loss, outbox, inbox, shareLink];
    for (const create of [...ofOwners, audit, auditHead, auditErasure]) {
      await runner.createTable(create(runner));
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of [
      'powens_audit_erasure',
      'powens_audit_head',
      'powens_audit',
      'powens_link',
      'powens_inbox',
      'powens_outbox',
      'powens_loss',
      'powens_connection',
      'powens_user',
      'powens_attempt',
    ]) {
      await runner.dropTable(path(runner, name));
    }
  }
}

function user(runner: QueryRunner): Table {
  return table(runner, 'powens_user', {
    columns: {
      id,
      ...OWNED,
      powens_user_id: nullable('varchar', 64),
      ...PROVIDER,
      authenticator: nullable('varchar', 128),
      status: text(16),
      status_reason: nullable('varchar', 32),
      renewable: 'boolean',
      sealed_token: nullable('text'),
      key_id: nullable('varchar', 64),
      lease_token: nullable('uuid'),
      leased_until: nullable('timestamptz'),
      reconcile_at: nullable('timestamptz'),
      reconciled_at: nullable('timestamptz'),
      created_at: 'timestamptz',
      updated_at: 'timestamptz',
    },
    unique: {
      powens_user_owner_key: ['owner_id', 'tenant', 'instance'],
      powens_user_powens_user_key: ['powens_user_id', 'instance'],
    },
    indexes: {
      powens_user_lease_idx: partial(['instance', 'leased_until'], 'leased_until IS NOT NULL'),
      powens_user_key_idx: partial(['instance', 'key_id', 'id'], 'key_id IS NOT NULL'),
      powens_user_due_idx: partial(
        ['instance', 'reconcile_at'],
        `status IN ('active', 'lost', 'revoked') AND reconcile_at IS NOT NULL`,
      ),
      powens_user_unplanned_idx: partial(
        ['instance'],
        `status IN ('active', 'lost', 'revoked') AND reconcile_at IS NULL`,
      ),
      powens_user_reconciled_idx: partial(['instance', 'reconciled_at'], 'reconciled_at IS NOT NULL'),
      powens_user_provider_idx: partial(['instance', 'api_origin', 'client_id'], 'api_origin IS NOT NULL'),
    },
    checks: {
      powens_user_status_check: `status IN ('provisioning', 'active', 'revoking', 'revoked', 'lost', 'forgetting', 'erasing', 'erased')`,
      powens_user_token_check: `status <> 'active' OR sealed_token IS NOT NULL`,
      powens_user_reason_check: USER_REASONS,
      powens_user_provider_check: `status = 'erased' OR (api_origin IS NOT NULL AND client_id IS NOT NULL)`,
      powens_user_authenticator_check: `powens_user_id IS NULL OR status = 'erased' OR authenticator IS NOT NULL`,
    },
  });
}

function connection(runner: QueryRunner): Table {
  return table(runner, 'powens_connection', {
    columns: {
      id,
      ...OWNED,
      user_id: 'uuid',
      attempt_id: nullable('uuid'),
      status: text(16),
      removal_reason: nullable('varchar', 32),
      powens_connection_id: text(20),
      authenticator: text(128),
      removal_authenticator: nullable('varchar', 128),
      connector_uuid: nullable('varchar', 64),
      connector_name: nullable('varchar', 255),
      state: nullable('varchar', 64),
      created_at: 'timestamptz',
      last_synced_at: nullable('timestamptz'),
      expires_at: nullable('timestamptz'),
      expiry_notified_for: nullable('timestamptz'),
      sync_not_before: nullable('timestamptz'),
      unconfirmed_since: nullable('timestamptz'),
      remove_at: nullable('timestamptz'),
      revision: 'int',
      lease_token: nullable('uuid'),
      leased_until: nullable('timestamptz'),
      ...DESCRIPTION,
      silence_notified_at: nullable('timestamptz'),
    },
    unique: { powens_connection_powens_key: ['powens_connection_id', 'instance'] },
    indexes: {
      powens_connection_owner_idx: ['owner_id', 'tenant', 'instance', 'id'],
      powens_connection_user_idx: ['user_id'],
      powens_connection_lease_idx: partial(['instance', 'leased_until'], 'leased_until IS NOT NULL'),
      powens_connection_expiry_idx: partial(['instance', 'expires_at'], EXPIRY_NOT_NOTIFIED),
      powens_connection_silence_idx: partial(['instance', 'last_synced_at'], SILENCE_NOT_NOTIFIED),
      powens_connection_remove_idx: partial(['instance', 'remove_at'], 'remove_at IS NOT NULL'),
    },
    checks: {
      powens_connection_status_check: `status IN ('active', 'unconfirmed', 'deleting', 'gone')`,
      powens_connection_reason_check: CONNECTION_REASONS,
    },
    foreignKey: { name: 'powens_connection_user_fkey', column: 'user_id', table: 'powens_user' },
  });
}

function outbox(runner: QueryRunner): Table {
  return table(runner, 'powens_outbox', {
    columns: {
      position: { type: 'bigint', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      id: 'uuid',
      ...OWNED,
      type: text(64),
      order_key: 'uuid',
      payload: 'text',
      status: text(16),
      deliveries: 'int',
      delivered_to: nullable('text'),
      created_at: 'timestamptz',
      available_at: 'timestamptz',
      lease_token: nullable('uuid'),
      leased_until: nullable('timestamptz'),
      completed_at: nullable('timestamptz'),
      trace_parent: nullable('varchar', 55),
    },
    indexes: {
      powens_outbox_order_idx: partial(['instance', 'order_key', 'position'], `status = 'pending'`),
      powens_outbox_due_idx: partial(['instance', 'available_at'], `status = 'pending' AND deliveries >= 0`),
      powens_outbox_lease_idx: partial(['order_key'], 'leased_until IS NOT NULL'),
      powens_outbox_dead_idx: partial(['position'], `status = 'dead'`),
      powens_outbox_dead_event_idx: partial(['id'], `status IN ('dead', '')`),
      powens_outbox_completed_idx: partial(['instance', 'completed_at'], 'completed_at IS NOT NULL'),
      powens_outbox_farewell_idx: partial(['instance', 'completed_at'], `type = 'user.deleted'`),
      powens_outbox_owner_idx: ['owner_id', 'tenant', 'instance'],
    },
    checks: { powens_outbox_status_check: `status IN ('pending', 'delivered', 'dead')` },
  });
}

function inbox(runner: QueryRunner): Table {
  return table(runner, 'powens_inbox', {
    columns: {
      position: { type: 'bigint', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      instance: text(64),
      tenant: text(64),
      event: text(64),
      dedupe_key: text(64),
      order_key: text(64),
      powens_user_id: nullable('varchar', 20),
      powens_connection_id: nullable('varchar', 20),
      summary: nullable('text'),
      body: nullable('bytea'),
      encoding: text(16),
      status: text(16),
      error_code: nullable('varchar', 64),
      tries: 'int',
      received_at: 'timestamptz',
      available_at: 'timestamptz',
      lease_token: nullable('uuid'),
      leased_until: nullable('timestamptz'),
      completed_at: nullable('timestamptz'),
      trace_parent: nullable('varchar', 55),
    },
    unique: { powens_inbox_dedupe_key: ['dedupe_key', 'instance'] },
    indexes: {
      powens_inbox_order_idx: partial(['instance', 'order_key', 'position'], `status = 'pending'`),
      powens_inbox_due_idx: partial(['instance', 'available_at'], `status = 'pending' AND tries >= 0`),
      powens_inbox_lease_idx: partial(['order_key'], 'leased_until IS NOT NULL'),
      powens_inbox_set_aside_idx: partial(['instance', 'status'], `status IN ('parked', 'dead')`),
      powens_inbox_unconfirmed_idx: partial(['powens_connection_id', 'instance'], `status = 'unconfirmed'`),
      powens_inbox_body_idx: partial(['instance', 'received_at'], 'body IS NOT NULL'),
      powens_inbox_connection_idx: ['powens_connection_id', 'event', 'instance'],
      powens_inbox_user_idx: ['powens_user_id', 'instance'],
      powens_inbox_received_idx: ['received_at', 'instance'],
    },
    checks: {
      powens_inbox_status_check: `status IN ('pending', 'unconfirmed', 'processed', 'ignored', 'parked', 'dead')`,
    },
  });
}
