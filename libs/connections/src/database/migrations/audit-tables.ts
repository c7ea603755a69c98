import type { QueryRunner, Table } from 'typeorm';
import { nullable, partial, table, text } from './schema-tools.js';

/** The audit trail. */
export function audit(runner: QueryRunner): Table {
  return table(runner, 'powens_audit', {
    columns: {
      id: { type: 'uuid', isPrimary: true },
      instance: text(64),
      position: 'bigint',
      ended_at: 'timestamptz',
      recorded_at: 'timestamptz',
      owner_id: nullable('varchar', 255),
      tenant: nullable('varchar', 64),
      actor: nullable('varchar', 255),
      salt: nullable('varchar', 32),
      identity: text(64),
      initiator: text(16),
      operation: text(128),
      connection_id: nullable('uuid'),
      outcome: text(64),
      mac: text(128),
      erasure_mac: nullable('varchar', 128),
    },
    unique: { powens_audit_position_key: partial(['instance', 'position'], 'position > 0') },
    indexes: {
      powens_audit_owner_idx: partial(['owner_id', 'tenant', 'instance'], 'owner_id IS NOT NULL'),
    },
    checks: {
      powens_audit_identity_check: '(salt IS NULL) = (owner_id IS NULL)',
      powens_audit_position_check: 'position > 0',
    },
  });
}

/** Both ends of the audit trail of each instance. */
export function auditHead(runner: QueryRunner): Table {
  return table(runner, 'powens_audit_head', {
    columns: {
      chain: { ...text(64), isPrimary: true },
      position: 'bigint',
      mac: text(128),
      purged_position: 'bigint',
      purged_mac: text(128),
      authenticator: text(128),
    },
    unique: {},
  });
}

/** Owners who were erased, until their rows of the trail are anonymised. */
export function auditErasure(runner: QueryRunner): Table {
  return table(runner, 'powens_audit_erasure', {
    columns: {
      owner_id: { ...text(255), isPrimary: true },
      tenant: { ...text(64), isPrimary: true },
      instance: { ...text(64), isPrimary: true },
      erased_at: 'timestamptz',
    },
  });
}
