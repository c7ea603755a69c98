import { randomUUID } from 'node:crypto';
import { Injectable, Module } from '@nestjs/common';
import { ConnectionsModule, OnConnectionEvent, type ConnectionEvent } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { sql } from '../../helpers/flow/observe.js';
import { testOutbox, type TestOutbox } from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';

type Handle = (event: ConnectionEvent) => void | Promise<void>;

/** A second handler of the host: of its own module, and for one type of event. */
function secondHandler(handle: Handle): new () => object {
  @Injectable()
  class Second {
    @OnConnectionEvent('connection.created')
    async record(event: ConnectionEvent): Promise<void> {
      await handle(event);
    }
  }

  @Module({ providers: [Second] })
  class SecondModule {}
  return SecondModule;
}

describe('two handlers of one event', () => {
  let writer: FlowApp;
  let outbox: TestOutbox;
  let app: FlowApp;
  const uncaught: unknown[] = [];
  const keep = (error: unknown): void => {
    uncaught.push(error);
  };

  beforeAll(async () => {
    process.on('uncaughtExceptionMonitor', keep);
    writer = await startFlowApp({ options: { outbox: { relay: false } } });
    outbox = await testOutbox(writer);
  });

  afterEach(async () => {
    await app.stop();
    await outbox.empty();
  });

  afterAll(async () => {
    process.off('uncaughtExceptionMonitor', keep);
    await writer.close();
  });

  /** `every` is for all types of events, `own` for this one: they are registered, and called, in either order. */
  async function relay(every: Handle, own: Handle): Promise<void> {
    app = await startFlowApp({
      like: writer,
      onEvent: every,
      options: { outbox: { pollIntervalMs: 50, leaseSeconds: 60 } },
      register: (options, extras) => [
        ConnectionsModule.forRoot({ ...options, ...extras }),
        { module: secondHandler(own) },
      ],
    });
  }

  it.each([['every'], ['own']] as const)(
    'should both be called, and the event come again to the one that failed, when it is for %s type [N34, RL-26, RL-27, E08]',
    async (failing) => {
      const calls = { every: 0, own: 0 };
      const handler =
        (name: 'every' | 'own'): Handle =>
        ({ id }) => {
          if (id !== bad) return;
          calls[name] += 1;
          if (name === failing && calls[name] < 3) throw new Error(`${name} cannot`);
        };
      const [bad = '', good = ''] = await outbox.append(randomUUID(), randomUUID());
      await relay(handler('every'), handler('own'));
      await until(async () => (await outbox.keptOf(good))?.status === 'delivered');
      await until(async () => (await outbox.keptOf(bad))?.status === 'delivered');
      expect(await outbox.keptOf(bad)).toEqual({ status: 'delivered', deliveries: 3 });
      expect(calls).toEqual({ every: 1, own: 1, [failing]: 3 });
      expect(app.logger.lines.join('\n')).toContain(`${failing} cannot`);
      expect(uncaught).toEqual([]);
    },
  );

  it('should both be named in the log when both fail, and end no process [N34, RL-26, E08]', async () => {
    const [bad = ''] = await outbox.append(randomUUID());
    let failures = 0;
    const fail =
      (name: string): Handle =>
      async ({ id }) => {
        if (id === bad && (failures += 1) <= 2) return Promise.reject(new Error(`${name} rejects`));
      };
    await relay(fail('every'), fail('own'));
    await until(async () => (await outbox.keptOf(bad))?.status === 'delivered');
    const line = app.logger.lines.find((text) => text.includes(bad) && text.includes('delivery 1 failed'));
    expect(line).toContain('every rejects');
    expect(line).toContain('own rejects');
    expect(uncaught).toEqual([]);
  });

  it.each([['every'], ['own']] as const)(
    'should not be called again while the other one is still at it, when the one for %s type fails [N34, RL-26]',
    async (failing) => {
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      const [held = '', control = ''] = await outbox.append(randomUUID(), randomUUID());
      const calls = new Map<string, number>();
      const handler =
        (name: 'every' | 'own'): Handle =>
        async ({ id }) => {
          if (name !== failing) {
            await (id === held ? gate : undefined);
            return;
          }
          calls.set(id, (calls.get(id) ?? 0) + 1);
          if (calls.get(id) === 1) throw new Error('at once');
        };
      await relay(handler('every'), handler('own'));
      // The event behind it fails the same way, and nobody is at it: it came again by then.
      await until(async () => (await outbox.keptOf(control))?.status === 'delivered');
      expect(await outbox.keptOf(control)).toEqual({ status: 'delivered', deliveries: 2 });
      expect(await outbox.keptOf(held)).toEqual({ status: 'pending', deliveries: 1 });
      expect(calls.get(held)).toBe(1);
      const [row] = await sql(writer, 'SELECT lease_token FROM powens_outbox WHERE id = $1', [held]);
      expect(row?.['lease_token']).not.toBeNull();
      letGo();
      await until(async () => (await outbox.keptOf(held))?.status === 'delivered');
      expect(await outbox.keptOf(held)).toEqual({ status: 'delivered', deliveries: 2 });
      expect(uncaught).toEqual([]);
    },
  );
});
