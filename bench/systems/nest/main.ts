import 'reflect-metadata';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConnectionsService, getConnectionsToken } from 'nestjs-powens-connections';
import type { SystemName } from '../../control/protocol.js';
import { serve } from '../../control/serve.js';
import { readTokens } from '../../load/read-tokens.js';
import { BornExpressAdapter } from '../../../src/born-express.adapter.js';
import { BenchAppModule, EventCounter, sweeps } from './bench-app.module.js';
import { INSTANCE } from './instance.js';

serve(async (setup) => {
  if (setup === null) {
    throw new Error('a measured server needs its setup');
  }
  const app = await NestFactory.create(BenchAppModule.forRoot(setup), adapterOf(setup.system), {
    // One line per step of a flow would measure the terminal.
    logger: ['warn', 'error', 'fatal'],
    abortOnError: false,
  });
  await app.listen(setup.port, '127.0.0.1');
  const counter = app.get(EventCounter);
  const connections = app.get(getConnectionsToken(ConnectionsService, INSTANCE));
  return {
    url: `http://127.0.0.1:${setup.port}`,
    delivered: () => counter.delivered,
    sweeps: () => sweeps.rounds,
    run: async (task) => {
      if (task.kind !== 'tokens') {
        throw new Error(`the library relays by itself, not as task ${task.kind}`);
      }
      return readTokens(task, async (owner) =>
        connections.withToken(owner, (token) => token.use((clear) => clear.length)),
      );
    },
    close: async () => app.close(),
  };
});

function adapterOf(system: SystemName): AbstractHttpAdapter {
  switch (system) {
    case 'express':
      return new ExpressAdapter();
    case 'express-born':
      return new BornExpressAdapter();
    case 'fastify':
    case 'fastify-untraced':
    case 'worker':
    case 'sweeper':
      return new FastifyAdapter();
    case 'baseline':
      throw new Error('the baseline is not a Nest application');
  }
}
