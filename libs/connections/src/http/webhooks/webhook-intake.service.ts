import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { HttpAdapterHost } from '@nestjs/core';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import { encodingOf, rawBodyOf } from '../../webhooks/body/raw-body.js';
import type { SenderProof, WebhookCredentials } from '../../webhooks/authentication/received-webhook.js';
import { logWebhookRefusal } from '../../webhooks/authentication/log-refusal.js';
import { WebhookAuthenticator } from '../../webhooks/authentication/webhook-authenticator.service.js';
import { whenAdapted } from '../host/host-adapter.js';
import { installIn, type Incoming } from './adapter-hooks.js';
import { tooLarge } from '../input/collect-body.js';
import { WebhookBodies } from './webhook-bodies.js';
import { announcedBytes, takeCredentials } from './webhook-headers.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import { type CapturedRequest, isForToken, isUnread, pathOf, sourceOf, unread } from './webhook-request.js';

/** Bytes of a request for a token, which any client may send: three short words. */
const MAX_TOKEN_REQUEST = 16 * 1024;

/**
 * Runs before every body parser of the host, on Express and on Fastify: reads the raw bytes of webhooks itself, within
 * its own limits, and removes their authorization from the request. The host's `main.ts` does not change, and no
 * other route is affected.
 *
 * @see WH-01, WH-05, WH-11
 * @internal
 */
@Injectable()
export class WebhookIntake {
  readonly #logger: Logger;
  readonly #credentials = new WeakMap<IncomingMessage, WebhookCredentials>();
  readonly #proofs = new WeakMap<IncomingMessage, SenderProof>();
  readonly #captured = new WeakMap<IncomingMessage, CapturedRequest>();
  readonly #bodies: WebhookBodies;

  constructor(
    private readonly authenticator: WebhookAuthenticator,
    private readonly routes: PublicRoutes,
    host: HttpAdapterHost,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsWebhooks', options);
    this.#bodies = new WebhookBodies(authenticator, this.#logger);
    if (authenticator.isOpen) {
      whenAdapted(host, (adapter) => {
        installIn(adapter, this);
      });
    }
  }

  /** Whether a request is one for the webhooks, by its path alone. */
  isWebhook(request: IncomingMessage): boolean {
    // Matches too much on purpose: a webhook whose Authorization header is not removed could be logged.
    return request.method === 'POST' && this.localPathOf(request) !== undefined;
  }

  private localPathOf(request: IncomingMessage): string | undefined {
    const path = pathOf(request);
    return this.routes.localPaths.find((local) => path.startsWith(`${local}/webhooks/`.toLowerCase()));
  }

  /** Whether the bytes of a request are still there to be read, or were kept. */
  hasBytes(request: Incoming['request']): boolean {
    return isUnread(request) || Buffer.isBuffer(request.rawBody);
  }

  /** Removes the credentials of the sender from a request, once: no later code can log them (WH-11). */
  takeAuthorization(request: IncomingMessage): WebhookCredentials {
    const credentials = this.#credentials.get(request) ?? takeCredentials(request);
    this.#credentials.set(request, credentials);
    return credentials;
  }

  /**
   * First step, before any other code sees the request.
   *
   * @throws WebhookError `webhook_refused`; ConnectionsError `not_found`: its body is not read then
   */
  checkHeaders(request: IncomingMessage): void {
    const credentials = this.takeAuthorization(request);
    this.logRefusal(() => {
      if (isForToken(request)) {
        this.authenticator.assertGivesTokens();
      } else {
        this.#proofs.set(request, this.authenticator.verifyHeaders(credentials));
      }
    });
  }

  /**
   * Second step: the body.
   *
   * @throws WebhookError; ConnectionsError `busy` while too much is held already
   */
  async read(incoming: Incoming): Promise<void> {
    const { request } = incoming;
    const credentials = this.takeAuthorization(request);
    const maxBytes = isForToken(request) ? MAX_TOKEN_REQUEST : this.authenticator.webhooks.maxBytes;
    const encoding = encodingOf(request.headers);
    if ((announcedBytes(request) ?? 0) > maxBytes) {
      throw tooLarge();
    }
    const source = sourceOf(incoming);
    const chunks = await this.#bodies.read(incoming, { maxBytes, source });
    const proof = this.#proofs.get(request) ?? null;
    const signedBelow = this.routes.signedWebhookPathAt(this.localPathOf(request) ?? this.routes.localPath);
    const body = rawBodyOf(chunks, encoding);
    this.#captured.set(request, { credentials, proof, body, signedBelow, source });
  }

  /**
   * The captured request, for the controller.
   *
   * @throws ConnectionsError `internal_error` when the intake never saw the request
   */
  capturedRequest(request: object): CapturedRequest {
    const raw = 'raw' in request ? request.raw : request;
    const captured = this.#captured.get(raw as IncomingMessage);
    if (captured === undefined) {
      this.#logger.error(
        `A webhook came to a route that is not below ${this.routes.localPath}/webhooks/, and its signature cannot be ` +
          'checked. Give the controllers one path: no global prefix with exceptions, one version.',
      );
      throw unread();
    }
    return captured;
  }

  /** Runs a check, and logs and counts why it failed: the reason is for the operator, not for the sender. */
  logRefusal<T>(check: () => T): T {
    try {
      return check();
    } catch (error) {
      logWebhookRefusal(this.#logger, error);
      throw error;
    }
  }
}
