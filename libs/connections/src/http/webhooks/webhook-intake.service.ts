import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConnectionsError, WebhookError } from '../../errors/index.js';
import { PublicRoutes } from '../../options/public-routes.js';
import type { RawBody } from '../../webhooks/raw-body.js';
import type { WebhookCredentials } from '../../webhooks/received-webhook.js';
import { WebhookDoor } from '../../webhooks/webhook-door.service.js';
import { installIn } from './adapter-hooks.js';
import { collectBody, cut, tooLarge } from './collect-body.js';
import { announcedBytes, encodingOf, rawBodyOf, takeCredentials } from './webhook-headers.js';

/** Bodies of the largest size that may be held at once, by one process. */
const HELD_AT_ONCE = 8;
/** Bytes of a request for a token, which anybody may send: three short words. */
const MAX_TOKEN_REQUEST = 16 * 1024;

/**
 * Last segment of the path that the boot probe sends to. No event is called so: it is answered before any credentials are
 * looked at, with nothing but whether its bytes arrived.
 */
export const PROBE_SEGMENT = 'boot_probe';

/** What the intake keeps of a request until its controller comes. */
export interface TakenIn {
  readonly credentials: WebhookCredentials;
  readonly body: RawBody;
}

/**
 * Stands before every body parser of the host, on Express and on Fastify: reads the raw bytes of webhooks itself, within
 * limits of its own, and takes their authorization off the request. Nothing is changed in the host's `main.ts`, and no
 * other route is touched.
 *
 * @see WH-01, WH-05, WH-11
 * @internal
 */
@Injectable()
export class WebhookIntake {
  readonly #logger = new Logger('ConnectionsWebhooks');
  readonly #credentials = new WeakMap<IncomingMessage, WebhookCredentials>();
  readonly #taken = new WeakMap<IncomingMessage, TakenIn>();
  #held = 0;

  constructor(
    private readonly door: WebhookDoor,
    private readonly routes: PublicRoutes,
    host: HttpAdapterHost,
  ) {
    if (door.isOpen) {
      // As soon as there is an adapter: the host's parsers are installed later, when the application initialises.
      host.init$.subscribe(() => {
        installIn(host.httpAdapter, this);
      });
    }
  }

  /** Whether a request is one for the webhooks, by its path alone. */
  isWebhook(request: IncomingMessage): boolean {
    // Rather one too many than one that a router finds and nobody took the authorization off.
    return (
      request.method === 'POST' &&
      pathOf(request).startsWith(`${this.routes.localPath}/webhooks/`.toLowerCase())
    );
  }

  /** Whether a request is the probe of the boot. Whoever else sends it learns that webhooks are received here. */
  isProbe(request: IncomingMessage): boolean {
    return (request.url ?? '').endsWith(`/webhooks/${PROBE_SEGMENT}`);
  }

  /** Whether the bytes of a request are still there to be read. */
  isUnread(request: IncomingMessage): boolean {
    return !request.readableEnded && !request.destroyed;
  }

  /** Takes what proves the sender off a request, once: nobody after this can log it (WH-11). */
  strip(request: IncomingMessage): WebhookCredentials {
    const credentials = this.#credentials.get(request) ?? takeCredentials(request);
    this.#credentials.set(request, credentials);
    return credentials;
  }

  /**
   * First step, before anybody else sees the request.
   *
   * @throws WebhookError `webhook_refused`; ConnectionsError `not_found`: its body is not read then
   */
  greet(request: IncomingMessage): void {
    const credentials = this.strip(request);
    this.refusedAloud(() => {
      if (isForToken(request)) {
        this.door.assertGivesTokens();
      } else {
        this.door.glance(credentials);
      }
    });
  }

  /**
   * Second step: the body.
   *
   * @param body - the request itself, or what a hook of the host made of it
   * @throws WebhookError; ConnectionsError `busy` while too much is held already
   */
  async read(request: IncomingMessage, body: Readable, response: ServerResponse): Promise<void> {
    const credentials = this.strip(request);
    const maxBytes = isForToken(request) ? MAX_TOKEN_REQUEST : this.door.webhooks.maxBytes;
    const encoding = encodingOf(request);
    if ((announcedBytes(request) ?? 0) > maxBytes) {
      throw tooLarge();
    }
    this.assertUnread(body);
    const chunks = await collectBody(body, { maxBytes, hold: this.holderFor(response) });
    this.#taken.set(request, { credentials, body: rawBodyOf(chunks, encoding) });
  }

  /** Counts what a request holds until it is answered. Many may begin at once, so each chunk is counted, not each start. */
  private holderFor(response: ServerResponse): (bytes: number) => ConnectionsError | null {
    const most = HELD_AT_ONCE * this.door.webhooks.maxBytes;
    let held = 0;
    response.once('close', () => {
      this.#held -= held;
    });
    return (bytes) => {
      if (this.#held + bytes > most) {
        return new ConnectionsError('busy', 'Too many large webhooks at once.', { retryAfterSeconds: 5 });
      }
      held += bytes;
      this.#held += bytes;
      return null;
    };
  }

  /**
   * What was taken in, for the controller.
   *
   * @throws ConnectionsError `internal_error` when the intake never saw the request
   */
  takenFrom(request: object): TakenIn {
    const raw = 'raw' in request ? request.raw : request;
    const taken = this.#taken.get(raw as IncomingMessage);
    if (taken === undefined) {
      this.#logger.error(
        `A webhook came to a route that is not below ${this.routes.localPath}/webhooks/, and its signature cannot be ` +
          'checked. Give the controllers one path: no global prefix with exceptions, one version.',
      );
      throw unread();
    }
    return taken;
  }

  /** Runs a check of the door and tells the operator, not the sender, why it failed. */
  refusedAloud<T>(check: () => T): T {
    try {
      return check();
    } catch (error) {
      if (error instanceof WebhookError && error.reason !== null) {
        this.#logger.warn(`Security: a webhook was refused (${error.reason})`);
      }
      throw error;
    }
  }

  private assertUnread(body: Readable): void {
    if (body.readableAborted) {
      throw cut();
    }
    if (body.readableEnded || body.destroyed) {
      this.#logger.error(
        'The body of a webhook was read before it got here, and its signature cannot be checked. Create the application ' +
          'with NestFactory.create(AppModule), without an Express or Fastify instance that parses bodies already.',
      );
      throw unread();
    }
  }
}

function isForToken(request: IncomingMessage): boolean {
  return /\/webhooks\/token\/?$/.test(pathOf(request));
}

/** A path as routers may see it: some decode it, some forgive capitals, and a proxy may send a whole URL. */
function pathOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/);
  try {
    return decodeURIComponent(path).toLowerCase();
  } catch {
    return path.toLowerCase();
  }
}

function unread(): ConnectionsError {
  return new ConnectionsError('internal_error', 'The raw body of the webhook is not there.');
}
