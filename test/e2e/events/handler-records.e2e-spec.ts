import { randomUUID } from 'node:crypto';
import { Injectable, Module, type DynamicModule, type Type } from '@nestjs/common';
import {
  ConnectionsModule,
  DeadLettersService,
  OnConnectionEvent,
  type ConnectionEvent,
  type EventPublisher,
} from 'nestjs-powens-connections';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FlowApp, FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { sql } from '../../helpers/flow/observe.js';
import { useRelayedOutbox, type RelayedOutbox, type TestOutbox } from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';

/** What a handler does; null where it completes. */
type Failing = 'throws' | 'rejects' | 'hangs' | null;

describe('an event with several handlers', () => {
  let writer: FlowApp;
  let outbox: TestOutbox;
  let startRelay: RelayedOutbox['relay'];
  let calls: string[];
  let failing: Failing;

  useRelayedOutbox((opened) => {
    ({ writer, outbox, relay: startRelay } = opened);
  });

  beforeEach(() => {
    calls = [];
    failing = null;
  });

  /** Handlers of which the last one fails as long as the test says so; classes of a process of its own. */
  function handlers(): DynamicModule {
    @Injectable()
    class Mail {
      @OnConnectionEvent('connection.created')
      async send({ id }: ConnectionEvent): Promise<void> {
        calls.push(`mail ${id}`);
        return Promise.resolve();
      }
    }

    @Injectable()
    class Ledger {
      @OnConnectionEvent('*')
      write({ id }: ConnectionEvent): void {
        calls.push(`ledger ${id}`);
      }

      @OnConnectionEvent('connection.created')
      async book({ id }: ConnectionEvent): Promise<void> {
        calls.push(`book ${id}`);
        if (failing === 'throws') throw new Error('not today');
        if (failing === 'hangs') await new Promise(() => undefined);
        if (failing === 'rejects') await Promise.reject(new Error('not today'));
      }
    }

    @Module({ providers: [Mail, Ledger] as Type[] })
    class HandlersModule {}
    return { module: HandlersModule };
  }

  const relay = async (options: NonNullable<FlowAppOptions['options']> = {}): Promise<FlowApp> =>
    startRelay({
      handlers: false,
      register: (given, extras) => [ConnectionsModule.forRoot({ ...given, ...extras }), handlers()],
      options: {
        ...options,
        outbox: {
          pollIntervalMs: 50,
          maxTries: 2,
          handlerTimeoutMs: 500,
          leaseSeconds: 60,
          ...options.outbox,
        },
      },
    });
  const callsOf = (id: string): string[] =>
    calls.filter((call) => call.endsWith(id)).map((call) => call.replace(` ${id}`, ''));
  const statusOf = async (id: string): Promise<string | undefined> => (await outbox.keptOf(id))?.status;

  it.each(['throws', 'rejects', 'hangs'] as const)(
    'should be delivered again to the one that %s, and to no other [RL-27, E08]',
    async (how) => {
      failing = how;
      const [id = ''] = await outbox.append(randomUUID());
      await relay();
      await until(async () => (await statusOf(id)) === 'dead');
      expect(callsOf(id).sort()).toEqual(['book', 'book', 'ledger', 'mail']);
    },
  );

  it('should be delivered again by another process to the one that failed, and to no other [RL-27]', async () => {
    failing = 'rejects';
    const [id = ''] = await outbox.append(randomUUID());
    const first = await relay({ outbox: { maxTries: 20 } });
    await until(async () => {
      const [row] = await sql(
        writer,
        'SELECT 1 FROM powens_outbox WHERE id = $1 AND deliveries > 0 AND leased_until IS NULL',
        [id],
      );
      return row !== undefined;
    });
    await first.stop();
    failing = null;
    const before = callsOf(id).filter((call) => call === 'book').length;
    await relay({ outbox: { maxTries: 20 } });
    await until(async () => (await statusOf(id)) === 'delivered');
    expect(callsOf(id).sort()).toEqual([
      ...Array.from({ length: before + 1 }, () => 'book'),
      'ledger',
      'mail',
    ]);
  });

  it('should be replayed from the dead letters to the one that failed, and not be published again [RL-27]', async () => {
    const published: string[] = [];
    const publisher: EventPublisher = {
      publish: async ({ id }) => {
        published.push(id);
        return Promise.resolve();
      },
    };
    failing = 'throws';
    const [id = ''] = await outbox.append(randomUUID());
    const app = await relay({ events: { publisher } });
    await until(async () => (await statusOf(id)) === 'dead');
    failing = null;
    calls = [];
    await app.app.get(DeadLettersService).replay(id);
    await until(async () => (await statusOf(id)) === 'delivered');
    expect([callsOf(id), published]).toEqual([['book'], [id]]);
  });
});
