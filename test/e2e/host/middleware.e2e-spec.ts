import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { hmacWebhooks } from '../../helpers/webhooks/pushed.js';

const { options } = hmacWebhooks();

interface ExpressLike {
  all(
    path: string,
    handler: (
      request: { readonly url: string },
      response: { redirect(status: number, url: string): void },
      next: () => void,
    ) => void,
  ): void;
}

describe.each(ADAPTERS)('routes behind middleware of the host, on %s', (adapter) => {
  let base: FlowApp;

  useFlowApp({ adapter, options }, (opened) => {
    base = opened;
  });

  it.runIf(adapter === 'express')(
    'should boot behind middleware that the router knows as a route, and log what could not be checked',
    async () => {
      const from = base.logger.lines.length;
      const app = await startFlowApp({
        adapter,
        options,
        like: base,
        prepare: (host: INestApplication) => {
          const server = host.getHttpAdapter().getInstance() as ExpressLike;
          server.all('/*splat', (request, response, next) => {
            if (request.url.startsWith('/connections/callback')) {
              response.redirect(301, 'https://elsewhere.example');
            } else next();
          });
        },
      });
      const lines = base.logger.lines.slice(from).join('\n');
      expect(lines).toMatch(
        /Whether GET \/connections\/callback arrives could not be checked: .* answered 301/,
      );
      await app.stop();
    },
  );

  it('should be asked for as browsers ask, behind a proxy that ends TLS', async () => {
    const from = base.logger.lines.length;
    const app = await startFlowApp({
      adapter,
      like: base,
      options: { ...options, publicUrl: 'https://app.example.com' },
      prepare: (host: INestApplication) =>
        host.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
          if (request.headers['x-forwarded-proto'] === 'https') next();
          else response.writeHead(301, { location: 'https://app.example.com' }).end();
        }),
    });
    expect(base.logger.lines.slice(from).filter((line) => line.includes('could not be checked'))).toEqual([]);
    await app.stop();
  });

  it('should be found below no path at all', async () => {
    const app = await startFlowApp({ adapter, options, like: base, extras: { routes: { path: '/' } } });
    const begun = await app.browser('ann').post('/connect', {});
    const { url } = begun.json<{ url: string }>();
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${app.url}/callback`);
    await app.stop();
  });

  it('should boot when something before the routes answers, and log what could not be checked [H5]', async () => {
    const from = base.logger.lines.length;
    const app = await startFlowApp({
      adapter,
      options,
      like: base,
      prepare: (host: INestApplication) =>
        host.use((_request: unknown, response: { statusCode: number; end(): void }) => {
          response.statusCode = 503;
          response.end();
        }),
    });
    const lines = base.logger.lines.slice(from).join('\n');
    expect(lines).toMatch(
      /Whether GET \/connections\/callback arrives could not be checked: .* answered 503/,
    );
    await app.stop();
  });
});
