import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ConfigurationError } from '../../errors/index.js';
import { answerRefusal, type RefusalAnswer } from './refusal-answer.js';

/** What the hooks do with a request; see `WebhookIntake`. */
export interface Intake {
  isWebhook(request: IncomingMessage): boolean;
  isProbe(request: IncomingMessage): boolean;
  isUnread(request: IncomingMessage): boolean;
  strip(request: IncomingMessage): unknown;
  greet(request: IncomingMessage): void;
  read(request: IncomingMessage, body: Readable, response: ServerResponse): Promise<void>;
}

interface ExpressResponseLike extends ServerResponse {
  status(status: number): ExpressResponseLike;
  set(headers: Record<string, string>): ExpressResponseLike;
  send(body: string): unknown;
}

interface ExpressLike {
  use(handler: (request: IncomingMessage, response: ExpressResponseLike, next: () => void) => void): unknown;
}

interface FastifyRequestLike {
  readonly raw: IncomingMessage;
}

interface FastifyReplyLike {
  readonly raw: ServerResponse;
  code(status: number): FastifyReplyLike;
  headers(headers: Record<string, string>): FastifyReplyLike;
  send(body: string): FastifyReplyLike;
}

interface FastifyLike {
  readonly server: Server;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void,
  ): unknown;
  addHook(
    name: 'preParsing',
    hook: (
      request: FastifyRequestLike,
      reply: FastifyReplyLike,
      payload: Readable,
    ) => Promise<Readable | undefined>,
  ): unknown;
}

/**
 * Puts an intake before everything else that an adapter runs.
 *
 * @throws ConfigurationError on an adapter that is neither Express nor Fastify
 */
export function installIn(adapter: AbstractHttpAdapter, intake: Intake): void {
  const type = adapter.getType();
  if (type === 'express') {
    installInExpress(adapter.getInstance<ExpressLike>(), intake);
  } else if (type === 'fastify') {
    installInFastify(adapter.getInstance<FastifyLike>(), intake);
  } else {
    throw new ConfigurationError(
      'webhooks',
      `needs the raw bytes of requests, which can be had on Express and on Fastify, not on "${type}".`,
    );
  }
}

function installInExpress(app: ExpressLike, intake: Intake): void {
  app.use((request, response, next) => {
    if (!intake.isWebhook(request)) {
      next();
      return;
    }
    if (intake.isProbe(request)) {
      response.writeHead(intake.isUnread(request) ? 204 : 500).end();
      return;
    }
    taken(intake, request, response).then(next, (error: unknown) => {
      const { status, headers, body } = answerRefusal(error, request);
      // As the exception filter answers: a refusal before the body looks like one after it.
      response.status(status).set(headers).send(body);
    });
  });
}

async function taken(intake: Intake, request: IncomingMessage, response: ServerResponse): Promise<void> {
  intake.greet(request);
  await intake.read(request, request, response);
}

function installInFastify(app: FastifyLike, intake: Intake): void {
  // Nest runs the host's middleware in a hook that is there before any module is.
  app.server.prependListener('request', (request) => {
    if (intake.isWebhook(request)) {
      intake.strip(request);
    }
  });
  app.addHook('onRequest', (request, reply, done) => {
    try {
      if (intake.isWebhook(request.raw)) {
        intake.greet(request.raw);
      }
    } catch (error) {
      send(reply, answerRefusal(error, request.raw));
      return;
    }
    done();
  });
  app.addHook('preParsing', async (request, reply, payload) => {
    if (intake.isWebhook(request.raw)) {
      try {
        await intake.read(request.raw, payload, reply.raw);
        leaveNoBody(request.raw);
      } catch (error) {
        send(reply, answerRefusal(error, request.raw));
      }
    }
    return undefined;
  });
}

/** There is nothing left to parse, and no parser of the host shall be asked whether it could. */
function leaveNoBody({ headers }: IncomingMessage): void {
  delete headers['content-type'];
  delete headers['content-length'];
  delete headers['transfer-encoding'];
}

function send(reply: FastifyReplyLike, { status, headers, body }: RefusalAnswer): void {
  reply.code(status).headers(headers).send(body);
}
