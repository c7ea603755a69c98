import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../flow/connections.service.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError, WebhookError } from '../../errors/index.js';
import { ownerOf, requiredOwner } from '../../options/owner-of.js';
import type { ConnectionsRequest, OwnerLike } from '../../options/owner-resolver.interface.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { logWebhookRefusal } from '../../webhooks/authentication/log-refusal.js';
import { credentialsOf } from '../../webhooks/authentication/received-webhook.js';
import { WebhookAuthenticator } from '../../webhooks/authentication/webhook-authenticator.service.js';
import type { WebhookToken } from '../../webhooks/authentication/oauth-token.js';
import { encodingOf, rawBodyOf } from '../../webhooks/body/raw-body.js';
import { ConnectFlowService } from '../../flow/connect/connect-flow.service.js';
import type { CompletionRequest, StartRequest } from '../../flow/connect/connect-flow.types.js';
import { LandingChoice } from '../../flow/connect/landing-choice.service.js';
import { TicketCompletion } from '../../flow/connect/ticket-completion.service.js';
import { WebhookReceiver } from '../../flow/webhooks/webhook-receiver.service.js';
import { logCallbackRefusal } from '../../flow/connect/log-callback-refusal.js';
import { LINK_PAGE_HEADERS } from '../answers/http-exchange.js';
import { CompleteAttemptRequestDto } from '../dto/attempt.dto.js';
import { StartConnectRequestDto } from '../dto/start-connect.request.dto.js';
import { refuseCrossSite, refusePrefetch, sendersOf } from '../input/fetch-metadata.js';
import { validated } from '../input/request-input.js';
import { linkPage } from '../pages/link.page.js';
import { completedPage, passedPage, type HtmlPage } from '../pages/result.page.js';
import { bindingCookie, bindingOf } from './browser-binding.js';
import type {
  CallbackRequest,
  CompletedAttempt,
  PassedCallback,
  WebhookRequest,
  WebhookTokenRequest,
} from './host-routes.types.js';

/**
 * What the routes of the library do beside `ConnectionsService`, for applications with routes of their own (`routes: false`):
 * the binding cookie, the checks of requests, the callback and the webhooks. Guards, CORS and answers are the application's;
 * `ConnectionsExceptionFilter` answers errors as the routes of the library do. Set `redirectUri`, `returnTo.default` and
 * `webhooks.signedPath` to the addresses of those routes.
 *
 * @see docs/host-routes.md
 * @public
 */
@Injectable()
export class HostRoutesService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly flow: ConnectFlowService,
    private readonly landings: LandingChoice,
    private readonly authenticator: WebhookAuthenticator,
    private readonly receiver: WebhookReceiver,
    private readonly routes: PublicRoutes,
    private readonly tickets: TicketCompletion,
  ) {}

  /**
   * Reads the binding of a browser, for starts and for the callback.
   *
   * @param cookie - header `Cookie` of the request
   * @returns null when the browser has none
   */
  readBinding(cookie: string | undefined): string | null {
    return bindingOf(cookie, this.options);
  }

  /**
   * Makes the value of a header `Set-Cookie` that gives a browser its binding: with the answer to each start. Append it, so that
   * other cookies stay.
   *
   * @param binding - `binding` of the started attempt
   */
  bindingCookie(binding: string): string {
    return bindingCookie(binding, this.options);
  }

  /**
   * Validates what a browser sent for a start, and drops nothing: unknown properties, `metadata` among them, are refused.
   *
   * @param input - body or query of the request
   * @throws ConnectionsError `invalid_request`
   */
  async readStart(input: unknown): Promise<StartRequest> {
    return validated(input, StartConnectRequestDto);
  }

  /**
   * Refuses a change that another site made the browser send; origins in `crossSite.trustedOrigins` may send it.
   *
   * @throws ConnectionsError `cross_site_refused`
   */
  refuseCrossSite(request: ConnectionsRequest): void {
    refuseCrossSite(request, sendersOf(this.options));
  }

  /**
   * Refuses `HEAD` and prefetches, which would use up a start or a callback. For routes that answer `GET`.
   *
   * @throws ConnectionsError `method_not_allowed`
   */
  refusePrefetch(request: ConnectionsRequest): void {
    refusePrefetch(request);
  }

  /**
   * Completes the attempt that a callback belongs to. The same callback may come again, and gets the same result. Answer every
   * callback with `Cache-Control: no-store` and `Referrer-Policy: no-referrer`, and leave its address by a redirect: it holds a
   * code. Call {@link HostRoutesService.refusePrefetch} before.
   *
   * @throws CallbackRefusedError when this browser may not use the state; ConnectionsError `rate_limited`; PowensApiError or
   *   StorageError when the same callback may be sent again
   */
  async complete({ query, binding, principal }: CallbackRequest): Promise<CompletedAttempt> {
    try {
      const completed = await this.flow.complete(queryIn(query), binding, ownerOf(principal));
      const result = await this.landings.resultOf(completed);
      return { ...result, againUrl: completed.againUrl, page: completedPage(completed, result.attempt) };
    } catch (error) {
      logCallbackRefusal(loggerOf('ConnectionsHttp', this.options), error);
      throw error;
    }
  }

  /**
   * Passes a callback to the application that completes its attempt: for targets of `returnTo` with `complete: 'confirm'`. Call it
   * before {@link HostRoutesService.complete}, and redirect the browser to the `url` that it returns, or answer 200 with the `page`.
   *
   * @param query - as of {@link CallbackRequest}
   * @returns null for the callback of every other attempt
   * @throws CallbackRefusedError for what is no callback; ConnectionsError `rate_limited`; StorageError when the same callback may be
   *   sent again
   */
  async passOn(query: string): Promise<PassedCallback | null> {
    const passed = await this.tickets.passOn(queryIn(query));
    return passed === null ? null : { url: passed.url, page: passedPage(passed) };
  }

  /**
   * Completes an attempt for the application that its callback was passed to. The same request may come again, and gets the same
   * result. Call {@link HostRoutesService.refuseCrossSite} before.
   *
   * @param owner - who is signed in: the one who started
   * @throws CallbackRefusedError for a ticket or binding of another attempt; ConnectionsError `unauthenticated`, `not_found`,
   *   `invalid_request`, `rate_limited`; PowensApiError or StorageError when the same request may be sent again
   */
  async completeWithTicket(
    owner: OwnerLike,
    attemptId: string,
    request: CompletionRequest,
  ): Promise<Attempt> {
    const checked = await validated(request, CompleteAttemptRequestDto);
    return this.tickets.complete(requiredOwner(owner), attemptId, checked);
  }

  /**
   * The page that a share link leads to, for a `GET` of the application. Its button posts to the same address: call
   * {@link HostRoutesService.refuseCrossSite} there, and then `ShareLinksService.open()`.
   */
  linkPage(): HtmlPage {
    return { headers: LINK_PAGE_HEADERS, body: linkPage() };
  }

  /**
   * Verifies and stores a webhook; it is processed afterwards. Answer 204 when it returns. With `webhooks.auth.type: 'bearer'` the
   * header `Authorization` is the user's access token: no log of the application may hold it.
   *
   * @throws WebhookError; ConnectionsError `not_found` without the option `webhooks`, or for what names no event; StorageError when
   *   Powens must send it again
   */
  async receiveWebhook({ event, headers, rawBody, source = '' }: WebhookRequest): Promise<void> {
    this.receiver.assertOpen();
    try {
      const proof = this.authenticator.verifyHeaders(credentialsOf(headers));
      const body = rawBodyOf([this.checked(rawBody)], encodingOf(headers));
      const signedBelow = this.routes.signedWebhookPath;
      await this.receiver.receive({ proof, signedBelow, segment: event, source, body });
    } catch (error) {
      logWebhookRefusal(loggerOf('ConnectionsWebhooks', this.options), error);
      throw error;
    }
  }

  /**
   * Issues a token for webhooks to Powens, with `webhooks.auth.type: 'oauth'`. Answer it as JSON, with `Cache-Control: no-store`.
   *
   * @throws WebhookError `webhook_refused` for another client; ConnectionsError `not_found` where no tokens are issued
   */
  issueWebhookToken({ clientId, clientSecret, grantType }: WebhookTokenRequest): WebhookToken {
    this.receiver.assertOpen();
    try {
      return this.receiver.token({ id: clientId, secret: clientSecret, grantType });
    } catch (error) {
      logWebhookRefusal(loggerOf('ConnectionsWebhooks', this.options), error);
      throw error;
    }
  }

  private checked(rawBody: Uint8Array | undefined): Buffer {
    if (rawBody === undefined) {
      throw new ConnectionsError(
        'internal_error',
        'The raw body of the webhook is not there. Create the application with { rawBody: true } and give request.rawBody.',
      );
    }
    if (rawBody.byteLength > this.authenticator.webhooks.maxBytes) {
      throw new WebhookError(
        'webhook_too_large',
        'The body has more bytes than are taken: option webhooks.maxBytes.',
      );
    }
    return Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength);
  }
}

/** The query of an address, or a query as it is: a question mark may stand in a value. */
function queryIn(text: string): string {
  return /^(?:[/?]|https?:)/i.test(text) ? text.slice(text.indexOf('?') + 1) : text;
}
