import type { QueryRunner, Table } from 'typeorm';
import { partial, table, text } from './schema-tools.js';

/** The table of share links. */
export function shareLink(runner: QueryRunner): Table {
  return table(runner, 'powens_link', {
    columns: {
      id: { type: 'uuid', isPrimary: true },
      instance: text(64),
      tenant: text(64),
      owner_id: text(255),
      token_hash: 'bytea',
      sealed_request: 'text',
      uses_left: 'int',
      created_at: 'timestamptz',
      expires_at: 'timestamptz',
    },
    unique: { powens_link_token_key: ['token_hash', 'instance'] },
    indexes: {
      powens_link_owner_idx: ['owner_id', 'tenant', 'instance', 'expires_at'],
      // Always true; it is here so that only the purge, which states it, may use the index.
      powens_link_expiry_idx: partial(['expires_at', 'instance'], 'uses_left < 1000'),
    },
    checks: { powens_link_uses_check: `uses_left >= 0` },
  });
}
