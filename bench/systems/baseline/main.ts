import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { serve } from '../../control/serve.js';
import { readTokens } from '../../load/read-tokens.js';
import { BaselineFlow } from './flow.js';
import { BaselinePowens } from './powens.js';
import { relayAll } from './relay.js';
import { BaselineStore } from './store.js';
import { readToken } from './tokens.js';
import { BaselineWebhooks } from './webhooks.js';

const COOKIE = 'powens-binding';

serve(async (setup) => {
  if (setup === null) {
    throw new Error('a measured server needs its setup');
  }
  const pool = new pg.Pool({
    connectionString: setup.databaseUrl,
    max: setup.poolSize,
    application_name: 'baseline',
    idleTimeoutMillis: 0,
  });
  const store = new BaselineStore(pool);
  const powens = new BaselinePowens(setup);
  const flow = new BaselineFlow(setup, store, powens);
  const webhooks = new BaselineWebhooks(pool, setup.webhookSecret);
  const key = Buffer.from(setup.key, 'base64');
  let delivered = 0;
  const count = (): void => {
    delivered += 1;
  };
  const server = createServer((request, response) => {
    route({ flow, webhooks }, request, response).then(
      () => store.deliver(count),
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        response.writeHead(500).end();
      },
    );
  });
  server.listen(setup.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${setup.port}`,
    delivered: () => delivered,
    run: async (task) =>
      task.kind === 'relay'
        ? relayAll(pool, count)
        : readTokens(task, async (owner) => readToken(pool, key, owner)),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await store.close();
      await pool.end();
      await powens.close();
    },
  };
});

async function route(
  { flow, webhooks }: { flow: BaselineFlow; webhooks: BaselineWebhooks },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = '/', method } = request;
  if (method === 'POST' && url.startsWith('/connections/webhooks/')) {
    await webhooks.take(request, response);
    return;
  }
  const owner = request.headers['x-user'];
  if (typeof owner !== 'string') {
    response.writeHead(401).end();
  } else if (method === 'POST' && url === '/connections/connect') {
    await connect(flow, owner, request, response);
  } else if (method === 'GET' && url.startsWith('/connections/callback?')) {
    await callback(flow, owner, request, response);
  } else {
    response.writeHead(404).end();
  }
}

async function connect(
  flow: BaselineFlow,
  owner: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  JSON.parse(await bodyOf(request));
  const { binding, ...started } = await flow.start(owner);
  const body = JSON.stringify(started);
  response
    .writeHead(201, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'set-cookie': `${COOKIE}=${binding}; Max-Age=2100; Path=/; HttpOnly; SameSite=Lax`,
    })
    .end(body);
}

async function callback(
  flow: BaselineFlow,
  owner: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = '', headers } = request;
  // As the provider writes it: a `+` in a code is a plus, not a space.
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1).replaceAll('+', '%2B'));
  const landing = await flow.complete(query, bindingOf(headers.cookie ?? ''), owner);
  if (landing === null) {
    response.writeHead(400).end();
    return;
  }
  response
    .writeHead(303, {
      location: landing,
      'content-length': 0,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
    })
    .end();
}

function bindingOf(cookie: string): string {
  const start = cookie.indexOf(`${COOKIE}=`) + COOKIE.length + 1;
  const end = cookie.indexOf(';', start);
  return cookie.slice(start, end < 0 ? undefined : end);
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => resolve(text)).on('error', reject);
  });
}
