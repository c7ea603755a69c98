import {
  Module,
  SetMetadata,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { APP_GUARD, Reflector, RouterModule } from '@nestjs/core';
import { ConfigurationError, ConnectionsModule } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp, type FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { sql } from '../../helpers/flow/observe.js';
import { hmacWebhooks, push } from '../../helpers/webhooks/pushed.js';

const { secret, options } = hmacWebhooks();

@Module({})
class GuardModule {}

class SessionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
    return this.isPublic(context) || headers['x-user'] !== undefined;
  }

  protected isPublic(context: ExecutionContext): boolean {
    return this.reflector.get<boolean | undefined>('public', context.getClass()) ?? false;
  }
}

class ThrowingGuard extends SessionGuard {
  override canActivate(context: ExecutionContext): boolean {
    if (!super.canActivate(context)) {
      throw new UnauthorizedException();
    }
    return true;
  }
}

class BrokenGuard extends SessionGuard {
  override canActivate(context: ExecutionContext): boolean {
    if (!super.canActivate(context)) {
      throw new TypeError('jwt malformed');
    }
    return true;
  }
}

const guarded =
  (
    guard: typeof SessionGuard,
    publicDecorators: readonly ClassDecorator[],
  ): NonNullable<FlowAppOptions['register']> =>
  (given, extras) => [
    ConnectionsModule.forRoot({ ...given, ...extras, routes: { publicDecorators } }),
    {
      module: GuardModule,
      providers: [
        {
          provide: APP_GUARD,
          inject: [Reflector],
          useFactory: (reflector: Reflector) => new guard(reflector),
        },
      ],
    },
  ];

describe.each(ADAPTERS)('the routes that browsers and Powens are sent to, on %s', (adapter) => {
  let base: FlowApp;

  useFlowApp({ adapter, options }, (opened) => {
    base = opened;
  });

  async function started(wish: FlowAppOptions): Promise<FlowApp> {
    return startFlowApp({ adapter, options, like: base, ...wish });
  }

  async function refusal(wish: FlowAppOptions): Promise<string> {
    const error: unknown = await started(wish).then(
      async (app) => app.stop(),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }

  const excluding = (...exclude: string[]): FlowAppOptions => ({
    prepare: (app: INestApplication) => app.setGlobalPrefix('api', { exclude }),
  });

  it('should refuse to boot below a path of RouterModule, and name the path that exists [H5]', async () => {
    const message = await refusal({
      register: (given, extras) => [
        ConnectionsModule.forRoot({ ...given, ...extras }),
        RouterModule.register([{ path: 'banking', module: ConnectionsModule }]),
      ],
    });
    expect(message).toContain('GET /connections/callback, which');
    expect(message).toContain('It has GET /banking/connections/callback.');
  });

  it.each([
    ['the callback', 'connections/callback', 'GET /connections/callback.'],
    ['all of them', 'connections/*path', 'GET /connections/callback.'],
    ['the landing', 'connections/attempts/:id', 'GET /connections/attempts/:id.'],
    ['the webhooks', 'connections/webhooks/:event', 'POST /connections/webhooks/:event.'],
  ])('should refuse to boot when a global prefix leaves out %s [H5]', async (_what, exclude, existing) => {
    expect(await refusal(excluding(exclude))).toContain(`It has ${existing}`);
  });

  it('should boot when a global prefix leaves out routes of the host [H5]', async () => {
    const app = await started(excluding('health', 'connections-of-the-host/*path'));
    expect((await app.browser('ann').get('/api/connections')).status).toBe(200);
    await app.stop();
  });

  it.runIf(adapter === 'express')(
    'should refuse to boot behind a route of the host that takes the callback [H5]',
    async () => {
      const message = await refusal({
        prepare: (app: INestApplication) =>
          app
            .getHttpAdapter()
            .get('/connections/:anything', (_request: unknown, response: { end(text: string): void }) => {
              response.end('of the host');
            }) as unknown,
      });
      expect(message).toContain('is answered by GET /connections/:anything of this application');
    },
  );

  it('should refuse two registrations with one path [H24]', async () => {
    const error: unknown = await started({
      register: (given, extras) => [
        ConnectionsModule.forRoot({ ...given, ...extras }),
        ConnectionsModule.forRoot({ ...given, ...extras, instance: 'two' }),
      ],
    }).then(
      async (app) => app.stop(),
      (reason: unknown) => reason,
    );
    expect(String(error)).toMatch(/routes\.path.*the same for the registrations "default" and "two"/);
  });

  it.each([
    ['returns false', SessionGuard, 'SessionGuard', 403],
    ['throws', ThrowingGuard, 'ThrowingGuard', 401],
  ] as const)(
    'should log once at boot which guard refuses callback and webhooks, when it %s [H21]',
    async (_how, guard, name, status) => {
      const from = base.logger.lines.length;
      const app = await started({ register: guarded(guard, []) });
      const browser = app.browser(null);
      expect((await browser.get('/connections/callback?state=x')).status).toBe(status);
      expect((await push(app.url, '/connections/webhooks/user-created', {}, { secret })).status).toBe(status);
      const lines = base.logger.lines
        .slice(from)
        .filter((line) => line.includes('A guard of the application'));
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        expect(line).toContain(`(${name}) answered ${status}`);
        expect(line).toContain('routes.publicDecorators');
      }
      await app.stop();
    },
  );

  it.each<[string, typeof SessionGuard, number]>([
    ['returns false', SessionGuard, 403],
    ['throws', ThrowingGuard, 401],
    ['throws an error of its own', BrokenGuard, 500],
  ])(
    'should log once for each route, at the first request that a guard refuses which let the boot through, when it %s [H21]',
    async (_how, guard, status) => {
      const from = base.logger.lines.length;
      // Exempts what comes from this machine, as health checks and the check at boot do.
      class PrivateNetworkGuard extends guard {
        protected override isPublic(context: ExecutionContext): boolean {
          const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
          return headers['x-forwarded-for'] === undefined;
        }
      }
      const app = await started({ register: guarded(PrivateNetworkGuard, []) });
      const warnings = (): string[] =>
        base.logger.lines.slice(from).filter((line) => line.includes('A guard of the application'));
      expect(warnings()).toEqual([]);

      const proxied = { 'x-forwarded-for': '203.0.113.7' };
      const browser = app.browser(null);
      for (const path of ['user-created', 'user-deleted', 'token']) {
        const pushed = await push(app.url, `/connections/webhooks/${path}`, {}, { secret, headers: proxied });
        expect(pushed.status).toBe(path === 'token' ? 404 : status);
      }
      for (const state of ['x', 'y']) {
        expect((await browser.get(`/connections/callback?state=${state}`, proxied)).status).toBe(status);
      }
      const routes = ['POST /connections/webhooks/:event', 'GET /connections/callback'];
      expect(warnings()).toHaveLength(routes.length);
      for (const [index, route] of routes.entries()) {
        expect(warnings()[index]).toContain(`(PrivateNetworkGuard) answered ${status} to ${route}.`);
        expect(warnings()[index]).toContain('routes.publicDecorators');
      }
      // Where it does refuse rightly, it is not our matter.
      expect((await browser.get('/connections', proxied)).status).toBe(status);
      expect(warnings()).toHaveLength(routes.length);
      await app.stop();
    },
  );

  it('should log nothing of guards that let them through, and leave no trace of the check [H5, H21]', async () => {
    const from = base.logger.lines.length;
    const app = await started({ register: guarded(SessionGuard, [SetMetadata('public', true)]) });
    const forged = { 'x-connections-boot-probe': 'x' };
    expect((await app.browser(null).get('/connections/callback?state=x', forged)).status).toBe(400);
    const how = { secret: `${secret}x`, headers: forged };
    expect((await push(app.url, '/connections/webhooks/user-created', {}, how)).status).toBe(401);
    const [rows] = await sql<{ inbox: number }>(app, 'SELECT count(*)::int AS inbox FROM powens_inbox');
    expect(rows?.inbox).toBe(0);
    const lines = base.logger.lines
      .slice(from)
      .filter((line) => /A guard of|could not be checked|boot_probe/.test(line));
    expect(lines.join('')).toBe('');
    await app.stop();
  });
});
