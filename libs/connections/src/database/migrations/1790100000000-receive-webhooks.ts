import {
  TableCheck,
  TableColumn,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
  type Table,
} from 'typeorm';
import { columnsOf, keyName, nullable, path, table, text, type Columns } from './schema-tools.js';

const CONNECTION_COLUMNS: Columns = {
  unconfirmed_since: nullable('timestamptz'),
  remove_at: nullable('timestamptz'),
};
const USER_COLUMNS: Columns = {
  reconcile_at: nullable('timestamptz'),
  reconciled_at: nullable('timestamptz'),
};

/**
 * Adds the inbox of webhooks, connections that nobody confirmed yet, and when an account is compared with Powens next.
 *
 * @public
 */
export class ReceiveWebhooks1790100000000 implements MigrationInterface {
  name = 'ReceiveWebhooks1790100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(inbox(runner));
    const connection = path(runner, 'powens_connection');
    const user = path(runner, 'powens_user');
    await runner.addColumns(connection, added(CONNECTION_COLUMNS));
    await runner.createIndex(connection, index(runner, 'powens_connection_remove_idx', ['remove_at']));
    await replaceStatusCheck(runner, `status IN ('active', 'unconfirmed', 'deleting')`);
    await runner.addColumns(user, added(USER_COLUMNS));
    await runner.createIndex(user, index(runner, 'powens_user_due_idx', ['instance', 'reconcile_at']));
    await runner.createIndex(
      user,
      index(runner, 'powens_user_reconciled_idx', ['instance', 'reconciled_at']),
    );
  }

  /** What nobody confirmed is unknown to the version before: it goes, here and not at Powens. */
  async down(runner: QueryRunner): Promise<void> {
    const connection = path(runner, 'powens_connection');
    const user = path(runner, 'powens_user');
    await runner.dropIndex(user, keyName(runner, 'powens_user_reconciled_idx'));
    await runner.dropIndex(user, keyName(runner, 'powens_user_due_idx'));
    await runner.dropColumns(user, Object.keys(USER_COLUMNS));
    await runner.manager
      .createQueryBuilder()
      .delete()
      .from(connection)
      .where(`status = 'unconfirmed'`)
      .execute();
    await replaceStatusCheck(runner, `status IN ('active', 'deleting')`);
    await runner.dropIndex(connection, keyName(runner, 'powens_connection_remove_idx'));
    await runner.dropColumns(connection, Object.keys(CONNECTION_COLUMNS));
    await runner.dropTable(path(runner, 'powens_inbox'));
  }
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
    },
    unique: { powens_inbox_dedupe_key: ['instance', 'dedupe_key'] },
    indexes: {
      powens_inbox_claim_idx: ['instance', 'status', 'available_at'],
      powens_inbox_order_idx: ['instance', 'order_key', 'status', 'position'],
      powens_inbox_connection_idx: ['instance', 'powens_connection_id'],
      powens_inbox_user_idx: ['instance', 'powens_user_id'],
      powens_inbox_received_idx: ['instance', 'received_at'],
    },
    checks: {
      powens_inbox_status_check: `status IN ('pending', 'processed', 'ignored', 'parked', 'dead')`,
    },
  });
}

async function replaceStatusCheck(runner: QueryRunner, expression: string): Promise<void> {
  const connection = path(runner, 'powens_connection');
  const name = keyName(runner, 'powens_connection_status_check');
  await runner.dropCheckConstraint(connection, name);
  await runner.createCheckConstraint(connection, new TableCheck({ name, expression }));
}

function added(columns: Columns): TableColumn[] {
  return columnsOf(columns).map((options) => new TableColumn(options));
}

function index(runner: QueryRunner, name: string, columnNames: string[]): TableIndex {
  return new TableIndex({ name: keyName(runner, name), columnNames });
}
