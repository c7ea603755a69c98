import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ConnectionsModule } from 'nestjs-powens-connections';
import { afterEach, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, plant, sql } from '../../helpers/flow/observe.js';

@Module({})
class CachingModule {}

describe.each(ADAPTERS)('what an owner is answered, on %s', (adapter) => {
  let app: FlowApp;

  afterEach(async () => {
    await app.close();
  });

  it('should be kept by no cache that the host puts before its routes [H3]', async () => {
    app = await startFlowApp({
      adapter,
      register: (options, extras) => [
        ConnectionsModule.forRoot({ ...options, ...extras }),
        { ...CacheModule.register({ isGlobal: true }), global: true },
        {
          module: CachingModule,
          providers: [{ provide: APP_INTERCEPTOR, useClass: CacheInterceptor }],
        },
      ],
    });
    const alice = await connectedOwner(app, 'alice');
    const mine = (await alice.get('/connections')).json<{ items: { id: string }[] }>().items;
    expect(mine).toHaveLength(1);
    const answer = await app.browser('bob').get('/connections');
    expect(answer.json()).toMatchObject({ items: [] });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-cache')).toBeNull();
    const attempts = await Promise.all(
      ['alice', 'bob'].map(async (user) => (await app.browser(user).get('/connections/connect')).location),
    );
    expect(new Set(attempts.map((url) => new URL(url).searchParams.get('state'))).size).toBe(2);
  });

  it('should say nothing of keys, constraints or what Powens said, and log it under the same name [N20]', async () => {
    app = await startFlowApp({ adapter });
    const owner = await connectedOwner(app, 'alice');
    await plant(app, {
      path: '/auth/token/code',
      kind: 'status',
      status: 400,
      body: '{"code":"invalidValue","description":"told by the upstream \\u202egnp.exe"}',
      times: 1,
    });
    const refused = await owner.post('/connections/connect');
    expect(refused.status).toBe(502);
    expect(refused.text).not.toMatch(/told by|invalidValue|auth\/token/);
    const { instance, detail } = refused.json<{ instance: string; detail: string }>();
    expect(instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(detail).not.toBe('');
    const line = app.logger.lines.find((each) => each.includes(instance));
    expect(line).not.toContain('\u202e');
    expect(line).toMatch(/told by the upstream +gnp\.exe/);

    await sql(
      app,
      `UPDATE powens_user SET key_id = 'k-secret-name', sealed_token = regexp_replace(sealed_token, 'k1', 'k9')`,
    );
    const sealed = await owner.post('/connections/connect');
    expect(sealed.status).toBeGreaterThanOrEqual(500);
    expect(sealed.text).not.toMatch(/k9|k1|k-secret-name|key "/);
    expect(sealed.json()).toHaveProperty('instance');

    await sql(app, 'ALTER TABLE powens_attempt ADD CONSTRAINT of_the_inside CHECK (false) NOT VALID');
    const stored = await app.browser('carol').post('/connections/connect');
    expect(stored.status).toBe(503);
    expect(stored.text).not.toMatch(/of_the_inside|23514|constraint/);
  });
});
