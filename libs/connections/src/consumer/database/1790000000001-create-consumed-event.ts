import type { MigrationInterface, QueryRunner } from 'typeorm';
import { nullable, path, table, text } from '../../database/migrations/schema-tools.js';

/**
 * Creates the table of consumed events, in the host's schema and with its `entityPrefix`.
 *
 * @public
 */
export class CreateConsumedEvent1790000000001 implements MigrationInterface {
  name = 'CreateConsumedEvent1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      table(runner, 'powens_consumed_event', {
        columns: {
          event_id: { type: 'uuid', isPrimary: true },
          consumer: { ...text(64), isPrimary: true },
          tries: 'int',
          consumed_at: nullable('timestamptz'),
          touched_at: 'timestamptz',
        },
        unique: {},
        indexes: { powens_consumed_event_touched_idx: ['touched_at', 'consumer'] },
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(path(runner, 'powens_consumed_event'));
  }
}
