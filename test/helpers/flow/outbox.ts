import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { startFlowApp, type FlowApp, type FlowAppOptions } from './flow-app.js';
import { connectedOwner, sql } from './observe.js';

/** What became of an event in the outbox. */
export interface Kept {
  readonly status: string;
  readonly deliveries: number;
}

/** The outbox as a test fills and reads it. */
export interface TestOutbox {
  /** Writes events as another transaction would have, one per order key; gives their ids. */
  append(...keys: readonly string[]): Promise<string[]>;
  keptOf(id: string | undefined): Promise<Kept | undefined>;
  empty(): Promise<void>;
}

/** An outbox that one application writes, and the relays that a test starts beside it. */
export interface RelayedOutbox {
  /** Writes the outbox and never reads it. */
  readonly writer: FlowApp;
  readonly outbox: TestOutbox;
  /** Starts a process that delivers, until the test ends. */
  relay(wish?: FlowAppOptions): Promise<FlowApp>;
}

/** Opens an outbox for the tests of a file, and empties it after each. */
export function useRelayedOutbox(set: (opened: RelayedOutbox) => void): void {
  let opened: RelayedOutbox;
  const started: FlowApp[] = [];

  beforeAll(async () => {
    const writer = await startFlowApp({ options: { outbox: { relay: false } } });
    const relay = async (wish: FlowAppOptions = {}): Promise<FlowApp> => {
      const app = await startFlowApp({ ...wish, like: writer });
      started.push(app);
      return app;
    };
    opened = { writer, outbox: await testOutbox(writer), relay };
    set(opened);
  });

  afterEach(async () => {
    for (const app of started.splice(0)) await app.stop();
    await opened.outbox.empty();
  });

  afterAll(async () => {
    await opened.writer.close();
  });
}

/** An outbox whose events look like a real one. `writer` must not deliver by itself. */
export async function testOutbox(writer: FlowApp): Promise<TestOutbox> {
  await connectedOwner(writer, 'template');
  const [found] = await sql<{ row: { payload: string } }>(
    writer,
    'SELECT to_jsonb(o) AS row FROM powens_outbox o',
  );
  const template = found?.row ?? { payload: '{}' };
  const empty = async (): Promise<void> => {
    await sql(writer, 'DELETE FROM powens_outbox');
  };
  await empty();
  return {
    empty,
    append: async (...keys) => {
      const ids: string[] = [];
      for (const key of keys) {
        const id = randomUUID();
        const payload = JSON.stringify({
          ...(JSON.parse(template.payload) as object),
          id,
          connectionId: key,
        });
        await sql(
          writer,
          `INSERT INTO powens_outbox SELECT (jsonb_populate_record(NULL::powens_outbox, $1::jsonb ||
            jsonb_build_object('position', nextval(pg_get_serial_sequence('powens_outbox', 'position'))))).*`,
          [JSON.stringify({ ...template, id, order_key: key, payload })],
        );
        ids.push(id);
      }
      return ids;
    },
    keptOf: async (id) => {
      const [row] = await sql<Kept>(writer, 'SELECT status, deliveries FROM powens_outbox WHERE id = $1', [
        id,
      ]);
      return row;
    },
  };
}
