import type { ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { BornExpressAdapter } from './born-express.adapter.js';
import type { HttpAdapterName } from './config/environment.js';
import { problemOf } from './http/problem.js';

/** Makes the HTTP adapter: the library works the same on both. JSON is indented, people read it in a browser here. */
export function createHttpAdapter(name: HttpAdapterName): AbstractHttpAdapter {
  return name === 'fastify' ? fastify() : express();
}

function express(): BornExpressAdapter {
  const adapter = new BornExpressAdapter();
  adapter.set('json spaces', 2);
  adapter.disable('etag');
  adapter.disable('x-powered-by');
  return adapter;
}

function fastify(): FastifyAdapter {
  const adapter = new FastifyAdapter({ frameworkErrors: answerMalformedUrl });
  adapter.getInstance().setReplySerializer((payload) => JSON.stringify(payload, null, 2));
  return adapter;
}

/** Fastify's router answers malformed URLs before any filter of the application can. */
function answerMalformedUrl(
  error: { statusCode?: number },
  _request: unknown,
  reply: { raw: ServerResponse },
): void {
  const status = error.statusCode ?? 400;
  reply.raw
    .writeHead(status, { 'Content-Type': 'application/problem+json' })
    .end(JSON.stringify(problemOf(status)));
}
