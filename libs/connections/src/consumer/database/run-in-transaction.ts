import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/**
 * Runs `work` in a transaction, and commits when it succeeded.
 *
 * A handler that is late, or that forgot to await a statement, may still use the manager when the transaction ends. Its statement
 * would run on the same session after the COMMIT or ROLLBACK, and be committed alone. It is refused instead.
 *
 * @throws what `work` threw, after the ROLLBACK; else what the COMMIT threw
 * @internal
 */
export async function runInTransaction(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<void>,
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.connect();
    await runner.startTransaction();
    const gate = gateOf(runner);
    try {
      await work(runner.manager);
      gate.close();
      await runner.commitTransaction();
    } catch (error) {
      gate.close();
      // The error of the work is the cause; a session that is lost rolls back by itself.
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    }
  } finally {
    await runner.release();
  }
}

/** Statements of TypeORM itself that end a transaction. */
const ENDS = new Set(['COMMIT', 'ROLLBACK']);

/** Refuses statements from its closing on, those that end the transaction excepted. */
function gateOf(runner: QueryRunner): { close(): void } {
  const query = runner.query.bind(runner);
  let isClosed = false;
  const guarded = async (text: string, ...rest: never[]): Promise<unknown> => {
    if (isClosed && !ENDS.has(text)) {
      throw new Error('The transaction of the event has ended: await every statement in the handler.');
    }
    return query(text, ...rest);
  };
  runner.query = guarded as QueryRunner['query'];
  return {
    close: (): void => {
      isClosed = true;
    },
  };
}
