import { Injectable, Module } from '@nestjs/common';
import { ConnectionsModule, OnConnectionEvent, type ConnectionEvent } from 'nestjs-powens-connections';
import { expect, it } from 'vitest';
import { startFlowApp } from '../../helpers/flow/flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import { until } from '../../helpers/until.js';

it('should call a handler of several types for each of them, and for no other [H25]', async () => {
  const received: string[] = [];

  @Injectable()
  class Handlers {
    @OnConnectionEvent(['connection.created', 'connection.deleted'])
    either(event: ConnectionEvent<'connection.created' | 'connection.deleted'>): void {
      received.push(event.type);
    }

    @OnConnectionEvent('connection.reconnected')
    never(): void {
      received.push('connection.reconnected');
    }
  }

  @Module({ providers: [Handlers] })
  class HandlersModule {}

  const app = await startFlowApp({
    handlers: false,
    register: (options, extras) => [
      ConnectionsModule.forRoot({ ...options, ...extras }),
      { module: HandlersModule },
    ],
  });
  const { browser, connection } = await connected(app, 'ann');
  await browser.send('DELETE', `/connections/${connection.id}`, {});
  await until(() => received.length === 2);
  expect(received).toEqual(['connection.created', 'connection.deleted']);
  await app.close();
});
