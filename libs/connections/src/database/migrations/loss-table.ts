import type { QueryRunner, Table } from 'typeorm';
import { nullable, partial, table, text } from './schema-tools.js';

/** Losses: what Powens no longer finds, from the first failed check to the end of the retention. */
export function loss(runner: QueryRunner): Table {
  return table(runner, 'powens_loss', {
    columns: {
      id: { type: 'uuid', isPrimary: true },
      instance: text(64),
      subject: text(16),
      subject_id: 'uuid',
      user_id: 'uuid',
      evidence: text(32),
      status: text(16),
      weight: 'int',
      token_digest: nullable('varchar', 64),
      first_seen_at: 'timestamptz',
      last_seen_at: 'timestamptz',
      held_at: nullable('timestamptz'),
      approved_at: nullable('timestamptz'),
      granted_at: nullable('timestamptz'),
      ended_at: nullable('timestamptz'),
    },
    unique: { powens_loss_subject_key: ['subject_id', 'subject', 'instance'] },
    indexes: {
      powens_loss_user_idx: ['user_id'],
      powens_loss_open_idx: partial(['instance', 'status'], `status IN ('suspected', 'held', 'granted')`),
      powens_loss_granted_idx: partial(['instance', 'granted_at'], 'granted_at IS NOT NULL'),
      powens_loss_ended_idx: partial(['instance', 'ended_at'], 'ended_at IS NOT NULL'),
    },
    checks: {
      powens_loss_subject_check: `subject IN ('connection', 'user', 'token')`,
      powens_loss_status_check: `status IN ('suspected', 'held', 'granted', 'applied', 'recovered')`,
    },
  });
}
