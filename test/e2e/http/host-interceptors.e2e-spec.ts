import {
  ClassSerializerInterceptor,
  HttpException,
  type ArgumentsHost,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { catchError, finalize, map, merge, of, throwError, type Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type AdapterName, type FlowApp } from '../../helpers/flow/flow-app.js';
import { until, visitWebview } from '../../helpers/flow/person.js';

const interceptor = (
  intercept: (handled: Observable<unknown>, context: ExecutionContext) => Observable<unknown>,
): NestInterceptor => ({
  intercept: (context: ExecutionContext, next: CallHandler) => intercept(next.handle(), context),
});

const headerOf = (context: ExecutionContext, name: string, value: string): void => {
  const response = context.switchToHttp().getResponse<{ header(name: string, value: string): unknown }>();
  response.header(name, value);
};

/** What hosts install for all routes. */
const HOSTS: Record<string, (app: INestApplication) => unknown> = {
  'an interceptor that wraps answers': (app) =>
    app.useGlobalInterceptors(
      interceptor((handled) => handled.pipe(map((data) => ({ success: true, data })))),
    ),
  'an interceptor that swallows errors': (app) =>
    app.useGlobalInterceptors(
      interceptor((handled) => handled.pipe(catchError(() => of({ success: false })))),
    ),
  'an interceptor that makes other errors of errors': (app) =>
    app.useGlobalInterceptors(
      interceptor((handled) =>
        handled.pipe(catchError(() => throwError(() => new HttpException({ oops: true }, 418)))),
      ),
    ),
  'an interceptor that sets headers of its own before and after': (app) =>
    app.useGlobalInterceptors(
      interceptor((handled, context) => {
        headerOf(context, 'cache-control', 'public, max-age=3600');
        headerOf(context, 'vary', 'Origin');
        return handled.pipe(
          map((data) => {
            if (
              !context.switchToHttp().getResponse<{ headersSent?: boolean; sent?: boolean }>().headersSent
            ) {
              headerOf(context, 'cache-control', 'public, max-age=3600');
            }
            return data;
          }),
        );
      }),
    ),
  'ClassSerializerInterceptor with excludeAll': (app) =>
    app.useGlobalInterceptors(new ClassSerializerInterceptor(app.get(Reflector), { strategy: 'excludeAll' })),
  'an exception filter for everything': (app) => {
    const filter: ExceptionFilter = {
      catch: (_error: unknown, host: ArgumentsHost) => {
        const response = host
          .switchToHttp()
          .getResponse<{ status(code: number): { send(body: string): unknown } }>();
        response.status(200).send('caught');
      },
    };
    app.useGlobalFilters(filter);
  },
};

const cases = ADAPTERS.flatMap((adapter) =>
  Object.entries(HOSTS).map(([name, prepare]): [AdapterName, string, typeof prepare] => [
    adapter,
    name,
    prepare,
  ]),
);

describe('interceptors and filters of the host', () => {
  let app: FlowApp;

  afterEach(async () => {
    await app.close();
  });

  it.each(cases)(
    'should not change where the browser goes, a problem or a header: on %s with %s [H1, H3, H26]',
    async (adapter, name, prepare) => {
      app = await startFlowApp({ adapter, prepare });
      const browser = app.browser('ann');

      const sentOn = await browser.get('/connections/connect');
      expect(sentOn.status).toBe(303);
      expect(new URL(sentOn.location).origin).toBe(app.sandbox.url);
      expect(sentOn.text).toBe('');
      const back = await browser.get(await visitWebview(app, sentOn.location));
      expect(back.status).toBe(303);
      expect(back.location).toMatch(/^\/connections\/attempts\/[0-9a-f-]{36}$/);
      expect(back.headers.get('referrer-policy')).toBe('no-referrer');
      expect(back.headers.get('cache-control')).toBe('no-store');

      for (const answer of [
        await browser.get('/connections/callback?state=x'),
        await browser.get('/connections/attempts/none'),
        await browser.post('/connections/connect', { lang: 'xx' }),
        await app.browser(null).get('/connections'),
      ]) {
        expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.json()).toMatchObject({ status: answer.status, code: expect.any(String) as string });
      }
      const list = await browser.get('/connections');
      expect(list.status).toBe(200);
      expect(list.headers.get('cache-control')).toBe('no-store');
      expect(list.headers.get('vary')).toMatch(/Cookie, Authorization$/);
      const body = list.json<{ data?: unknown }>();
      expect(name.includes('wraps') ? body.data : body).toMatchObject({ items: [{ state: null }] });
    },
  );

  it.each(ADAPTERS)(
    'should answer once where an interceptor gives up before the handler does, on %s [H1, H17]',
    async (adapter) => {
      let handled = 0;
      const giveUp = interceptor((handling) =>
        merge(
          handling.pipe(finalize(() => (handled += 1))),
          throwError(() => new HttpException('too slow', 408)),
        ),
      );
      app = await startFlowApp({ adapter, prepare: (host) => host.useGlobalInterceptors(giveUp) });
      // The library asks for its callback at boot.
      handled = 0;
      for (const path of ['/connections/connect', '/connections/callback?state=x', '/connections']) {
        const answer = await app.browser('ann').get(path);
        expect(answer.status).toBe(408);
        expect(answer.json()).toMatchObject({
          status: 408,
          title: 'Request Timeout',
          code: 'invalid_request',
        });
      }
      await until(() => handled === 3);
      expect(app.logger.lines.join('\n')).not.toMatch(/ERR_HTTP_HEADERS_SENT|Unhandled|without an error/);
    },
  );
});
