import type { QueryRunner, Table } from 'typeorm';
import { nullable, partial, table, text } from './schema-tools.js';

/** The table of attempts. */
export function attempt(runner: QueryRunner): Table {
  return table(runner, 'powens_attempt', {
    columns: {
      id: { type: 'uuid', isPrimary: true },
      instance: text(64),
      tenant: text(64),
      owner_id: text(255),
      flow: text(16),
      status: text(16),
      state_hash: 'bytea',
      binding_hash: 'bytea',
      code_hash: nullable('bytea'),
      sealed_code: nullable('text'),
      sealed_token: nullable('text'),
      claimed_ids: nullable('text'),
      exchanges: 'int',
      postponed: 'int',
      lease_token: nullable('uuid'),
      orphan: nullable('varchar', 64),
      expects_code: 'boolean',
      redirect_uri: text(2048),
      return_to: nullable('varchar', 2048),
      connection_id: nullable('uuid'),
      connection_ids: 'text',
      error_code: nullable('varchar', 64),
      created_at: 'timestamptz',
      expires_at: 'timestamptz',
      lease_expires_at: nullable('timestamptz'),
      completed_at: nullable('timestamptz'),
      connected_by: nullable('varchar', 255),
      authenticator: nullable('varchar', 128),
      metadata: nullable('text'),
      trace_parent: nullable('varchar', 55),
    },
    unique: { powens_attempt_state_key: ['state_hash', 'instance'] },
    indexes: {
      powens_attempt_owner_idx: ['owner_id', 'tenant', 'instance', 'expires_at'],
      powens_attempt_binding_idx: partial(
        ['binding_hash', 'expires_at'],
        `status = 'pending' AND exchanges = 0`,
      ),
      powens_attempt_due_idx: partial(['instance', 'lease_expires_at'], 'lease_expires_at IS NOT NULL'),
      powens_attempt_expiry_idx: ['expires_at', 'instance'],
    },
    checks: {
      powens_attempt_secrets_check: `status = 'claimed' OR (sealed_code IS NULL AND sealed_token IS NULL)`,
      powens_attempt_status_check: `status IN ('pending', 'claimed', 'connected', 'denied', 'failed', 'expired', 'unknown')`,
    },
  });
}
