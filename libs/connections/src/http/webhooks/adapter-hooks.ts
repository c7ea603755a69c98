import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ConfigurationError } from '../../errors/index.js';
import type {
  ExpressHandler,
  ExpressLike,
  ExpressRequestLike,
  FastifyLike,
  FastifyReplyLike,
  FastifyRequestLike,
  RawRequest,
} from '../host/frameworks.js';
import { isProbe, noteProbe } from '../host/probe.js';
import { answerRefusal, leaveSoon, type RefusalAnswer } from './refusal-answer.js';

/** A request to be read. */
export interface Incoming {
  readonly request: RawRequest;
  /** The request itself, or the stream that a hook of the host replaced it with. */
  readonly body: Readable;
  readonly response: ServerResponse;
  /** Address of the sender, as the adapter of the host resolves it: addresses of trusted proxies are skipped. */
  readonly ip: string | undefined;
}

/** The steps that the hooks run; see `WebhookIntake`. */
export interface Intake {
  isWebhook(request: IncomingMessage): boolean;
  hasBytes(request: IncomingMessage): boolean;
  takeAuthorization(request: IncomingMessage): unknown;
  checkHeaders(request: IncomingMessage): void;
  read(incoming: Incoming): Promise<void>;
}

/**
 * Installs an intake before everything else that an adapter runs.
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
  const intercept: ExpressHandler = (request, response, next) => {
    if (!intake.isWebhook(request)) {
      next();
      return;
    }
    if (isProbe(request)) {
      probeParsers(intake, request, response, next);
      return;
    }
    capture(intake, request, response).then(next, (error: unknown) => {
      const { status, headers, body } = answerRefusal(error, request);
      leaveSoon(request, response);
      // Same form as the exception filter: refusals before and after reading the body are indistinguishable.
      response.status(status).set(headers).send(body);
    });
  };
  app.use(intercept);
}

/** A probe keeps its bytes: what comes before the routes parses them as it would those of any other route. */
function probeParsers(
  intake: Intake,
  request: ExpressRequestLike,
  response: ServerResponse,
  next: () => void,
): void {
  if (intake.hasBytes(request)) {
    next();
  } else {
    noteProbe(request, { at: 'parser' });
    response.writeHead(500).end();
  }
}

async function capture(intake: Intake, request: ExpressRequestLike, response: ServerResponse): Promise<void> {
  intake.checkHeaders(request);
  await intake.read({ request, body: request, response, ip: request.ip });
  removeBodyHeaders(request);
}

function installInFastify(app: FastifyLike, intake: Intake): void {
  // Nest runs the host's middleware in a hook that it installs before any module exists.
  app.server.prependListener('request', (request) => {
    if (intake.isWebhook(request)) {
      intake.takeAuthorization(request);
    }
  });
  app.addHook('onRequest', (request, reply, done) => {
    try {
      if (intake.isWebhook(request.raw) && !isProbe(request.raw)) {
        intake.checkHeaders(request.raw);
      }
    } catch (error) {
      refuse(request, reply, error);
      return;
    }
    done();
  });
  app.addHook('preParsing', async (request, reply, payload) => {
    if (intake.isWebhook(request.raw) && !isProbe(request.raw)) {
      try {
        await intake.read({ request: request.raw, body: payload, response: reply.raw, ip: request.ip });
        removeBodyHeaders(request.raw);
      } catch (error) {
        refuse(request, reply, error);
      }
    }
    return undefined;
  });
}

/** The body is consumed: remove its headers, so that no parser of the host tries to read it, as body-parser 1 would. */
function removeBodyHeaders({ headers }: IncomingMessage): void {
  delete headers['content-type'];
  delete headers['content-length'];
  delete headers['transfer-encoding'];
}

function refuse({ raw }: FastifyRequestLike, reply: FastifyReplyLike, error: unknown): void {
  const { status, headers, body }: RefusalAnswer = answerRefusal(error, raw);
  leaveSoon(raw, reply.raw);
  reply.code(status).headers(headers).send(body);
}
