import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConnectionsReadiness, ConnectionsService } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner } from '../../helpers/flow/observe.js';
import { hmacWebhooks, push } from '../../helpers/webhooks/pushed.js';

const { secret, options } = hmacWebhooks();

describe.each(ADAPTERS)('the module beside a server on %s', (adapter) => {
  let base: FlowApp;
  let module: DynamicModule;

  beforeAll(async () => {
    base = await startFlowApp({
      options,
      create: async (given, nest) => {
        module = given;
        return adapter === 'fastify'
          ? NestFactory.create(given, new FastifyAdapter(), nest)
          : NestFactory.create(given, nest);
      },
    });
    await connectedOwner(base, 'ann');
  });

  afterAll(async () => {
    await base.close();
  });

  async function serves(context: INestApplicationContext): Promise<void> {
    expect(await context.get(ConnectionsReadiness).check()).toMatchObject({ ready: true });
    const { items } = await context.get(ConnectionsService).list('ann');
    expect(items).toHaveLength(1);
  }

  it('should serve by its services in an application context, with webhooks and routes on [H2]', async () => {
    const context = await NestFactory.createApplicationContext(module, {
      logger: base.logger,
      abortOnError: false,
    });
    await serves(context);
    await context.close();
  });

  it('should serve by its services in a module under test that has no application [H2]', async () => {
    const context = await Test.createTestingModule({ imports: [module] }).compile();
    await context.init();
    await serves(context);
    await context.close();
  });

  it('should take webhooks in an application made of a module under test [H2]', async () => {
    const compiled = await Test.createTestingModule({ imports: [module] }).compile();
    const app =
      adapter === 'fastify'
        ? compiled.createNestApplication(new FastifyAdapter())
        : compiled.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const path = '/connections/webhooks/user-created';
    expect((await push(await app.getUrl(), path, {}, { secret: `${secret}x` })).status).toBe(401);
    expect((await push(await app.getUrl(), path, {}, { secret })).status).not.toBe(500);
    await app.close();
  });
});
