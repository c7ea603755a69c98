import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IncomingMessage } from 'node:http';
import { CallLog } from './server/call-log.service.js';
import { LedgerService } from './admin/ledger.service.js';
import type { Ledger } from './admin/ledger.service.js';
import { parseBody } from './http/body-parser.js';
import { withoutBootLines } from './server/boot-silence.js';
import { notFound } from './http/sandbox-api.error.js';
import { withoutVersion } from './http/sandbox-request.js';
import type { SandboxReply } from './http/sandbox-request.js';
import { RouteMethods } from './server/route-methods.js';
import { ServerHooks } from './server/server-hooks.js';
import { PowensSandboxModule } from './powens-sandbox.module.js';
import { DEFAULT_CLIENT } from './sandbox.credentials.js';
import type { PowensSandboxOptions } from './sandbox.options.js';
import { FaultRegistry } from './scenarios/fault-registry.service.js';
import { ProviderSettingsService } from './scenarios/provider-settings.service.js';
import { SandboxStore } from './store/sandbox.store.js';
import { UsersService } from './auth/users.service.js';
import { WebhookAdmin } from './admin/webhooks/webhook-admin.service.js';
import { webhooksHandle } from './admin/webhooks/sandbox-webhooks.js';
import type { SandboxWebhooks } from './admin/webhooks/sandbox-webhooks.js';

/** A running sandbox. */
export interface PowensSandbox {
  /** Root of the API and of the webview: `http://127.0.0.1:<port>`, without `/2.0`. */
  readonly url: string;
  readonly port: number;
  /** The client application it starts with. */
  readonly client: { readonly domain: string; readonly clientId: string; readonly clientSecret: string };
  /** What `GET /sandbox/ledger` answers, without the call. */
  ledger(): Ledger;
  /** What `/sandbox/webhooks` does, without the call. */
  readonly webhooks: SandboxWebhooks;
  /** Stops it; open connections are cut. */
  close(): Promise<void>;
}

/** Starts a sandbox on loopback and waits until it listens. */
export async function startPowensSandbox(options: PowensSandboxOptions = {}): Promise<PowensSandbox> {
  const { port = 0, dataDir, logger = false } = options;
  const adapter = new FastifyAdapter({
    // The provider answers with and without the version prefix, and with a trailing slash.
    rewriteUrl: (request: IncomingMessage) => withoutVersion(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true },
    // A HEAD on a webview URL must not use its code up.
    exposeHeadRoutes: false,
    // No Express-like middleware here: one layer less per request.
    skipMiddie: true,
    // A URL the router cannot decode gets the provider's error object too, not Fastify's.
    frameworkErrors: (_error: Error, _request: object, reply: SandboxReply) => {
      reply.code(404).send(notFound().toErrorObject());
    },
    forceCloseConnections: true,
  });
  const app = await withoutBootLines(async () => {
    const created = await NestFactory.create<NestFastifyApplication>(
      PowensSandboxModule.forRoot({ ...(dataDir === undefined ? {} : { dataDir }), logger }),
      adapter,
      { bodyParser: false, abortOnError: false },
    );
    prepareServer(created);
    try {
      await created.listen(port, '127.0.0.1');
    } catch (error) {
      await stop(created);
      throw error;
    }
    return created;
  });
  return handleOf(app);
}

function prepareServer(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const routes = new RouteMethods();
  server.addHook('onRoute', (route) => routes.add(route));
  const hooks = new ServerHooks({
    store: app.get(SandboxStore),
    users: app.get(UsersService),
    faults: app.get(FaultRegistry),
    calls: app.get(CallLog),
    settings: app.get(ProviderSettingsService),
    routes,
  });
  server.addHook('onRequest', hooks.onRequest.bind(hooks));
  server.addHook('onSend', hooks.onSend.bind(hooks));
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    try {
      done(null, parseBody(request.headers['content-type'], String(body)));
    } catch (error) {
      done(error as Error);
    }
  });
}

function handleOf(app: NestFastifyApplication): PowensSandbox {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { domain, clientId, clientSecret } = DEFAULT_CLIENT;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    client: { domain, clientId, clientSecret },
    ledger: () => app.get(LedgerService).read(),
    webhooks: webhooksHandle(app.get(WebhookAdmin)),
    close: () => stop(app),
  };
}

async function stop(app: NestFastifyApplication): Promise<void> {
  await app.close();
  app.get(SandboxStore).close();
}
