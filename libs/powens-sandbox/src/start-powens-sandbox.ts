import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LoggerService } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { CallLog } from './server/call-log.service.js';
import { LedgerService } from './admin/ledger.service.js';
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
import { adminHandle } from './admin/admin-client.js';
import type { PowensSandbox } from './sandbox.handle.js';
import { checkOptions } from './start/check-options.js';
import { openStore } from './start/open-store.js';
import { SandboxStartError } from './start/sandbox-start.error.js';
import { webhooksHandle } from './admin/webhooks/sandbox-webhooks.js';

/**
 * Starts a sandbox on loopback and waits until it listens.
 *
 * @throws SandboxStartError
 */
export async function startPowensSandbox(options: PowensSandboxOptions = {}): Promise<PowensSandbox> {
  checkOptions(options);
  const { port = 0, logger = false } = options;
  const store = openStore(options);
  try {
    return handleOf(await withoutBootLines(async () => listening(store, port, logger)));
  } catch (error) {
    store.close();
    throw error;
  }
}

async function listening(
  store: SandboxStore,
  port: number,
  logger: boolean | LoggerService,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    PowensSandboxModule.forRoot({ store, logger }),
    serverAdapter(),
    { bodyParser: false, abortOnError: false },
  );
  prepareServer(app);
  try {
    await app.init();
    // Not by Nest's `listen`, which writes an error to the log that it throws as well.
    await app.getHttpAdapter().getInstance().listen({ port, host: '127.0.0.1' });
  } catch (cause) {
    await app.close();
    throw portUnavailable(port, cause);
  }
  return app;
}

function portUnavailable(port: number, cause: unknown): SandboxStartError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  const why = code === 'EADDRINUSE' ? 'it is in use' : 'the system refuses it';
  const message = `Port ${port} of 127.0.0.1 cannot be listened on: ${why} (${code}). Choose another port, or 0 for a free one.`;
  return new SandboxStartError('port_unavailable', message, { cause });
}

function serverAdapter(): FastifyAdapter {
  return new FastifyAdapter({
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
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    client: { domain, clientId, clientSecret },
    webhooks: webhooksHandle(app.get(WebhookAdmin)),
    ledger: () => app.get(LedgerService).read(),
    ...adminHandle(url),
    close: async () => {
      await app.close();
      app.get(SandboxStore).close();
    },
  };
}
