import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { ConnectionsModule, OnConnectionEvent, type ConnectionEvent } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp, type FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { sql } from '../../helpers/flow/observe.js';
import { connect } from '../../helpers/flow/person.js';
import { until } from '../../helpers/until.js';

type Heard = Record<'all' | 'north' | 'south', ConnectionEvent[]>;

/** A host whose handlers name an instance, or none. */
function handlersOf(heard: Heard): DynamicModule {
  @Injectable()
  class Handlers {
    @OnConnectionEvent('connection.created')
    all(event: ConnectionEvent): void {
      heard.all.push(event);
    }

    @OnConnectionEvent('*', { instance: 'north' })
    north(event: ConnectionEvent): void {
      heard.north.push(event);
    }

    @OnConnectionEvent('connection.created', { instance: 'south' })
    south(event: ConnectionEvent): void {
      heard.south.push(event);
    }
  }

  @Module({ providers: [Handlers] })
  class HandlersModule {}

  return { module: HandlersModule };
}

const two: NonNullable<FlowAppOptions['register']> = (options, extras) =>
  ['north', 'south'].map((instance) =>
    ConnectionsModule.forRoot({ ...options, ...extras, instance, routes: { path: instance } }),
  );

describe('handlers of the events of two instances', () => {
  let base: FlowApp;

  useFlowApp({}, (opened) => {
    base = opened;
  });

  it('should hear the instance that they name, or all of them, and read which one it was', async () => {
    const heard: Heard = { all: [], north: [], south: [] };
    const app = await startFlowApp({
      like: base,
      handlers: false,
      register: (options, extras) => [...two(options, extras), handlersOf(heard)],
    });
    await connect(app, app.browser('ann'), { root: '/north' });
    await connect(app, app.browser('bob'), { root: '/south' });
    await until(() => heard.all.length === 2);
    const seen = (events: readonly ConnectionEvent[]): string[] =>
      events.map(({ instance, ownerId }) => `${instance} ${ownerId}`).sort();
    expect(seen(heard.all)).toEqual(['north ann', 'south bob']);
    expect(seen(heard.north)).toEqual(['north ann']);
    expect(seen(heard.south)).toEqual(['south bob']);
    await app.stop();
  });

  it('should leave the events of an instance that no handler hears in the outbox', async () => {
    const heard: string[] = [];

    @Injectable()
    class OnlyNorth {
      @OnConnectionEvent('*', { instance: 'north' })
      north({ instance }: ConnectionEvent): void {
        heard.push(instance);
      }
    }

    @Module({ providers: [OnlyNorth] })
    class OnlyNorthModule {}

    const app = await startFlowApp({
      like: base,
      handlers: false,
      register: (options, extras) => [...two(options, extras), { module: OnlyNorthModule }],
    });
    await connect(app, app.browser('eve'), { root: '/south' });
    await connect(app, app.browser('dan'), { root: '/north' });
    await until(() => heard.includes('north'));
    const rows = await sql(
      app,
      `SELECT instance, status FROM powens_outbox WHERE owner_id IN ('dan', 'eve') ORDER BY instance`,
    );
    expect(rows).toContainEqual({ instance: 'south', status: 'pending' });
    await app.stop();
  });
});
