import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../attempts/attempt.js';
import { AttemptsService } from '../attempts/attempts.service.js';
import { ConnectionsError } from '../errors/index.js';
import { metadataOf } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';
import { parseCallback } from '../values/parse-callback.js';
import type { VerifiedCallback } from '../values/webview-callback.js';
import type { Grant, StartedAttempt, StartRequest } from './connect-flow.types.js';
import { FailureService } from './failure.service.js';
import { FlowLog } from './flow-log.js';
import { FulfilmentService } from './fulfilment.service.js';
import { GrantService } from './grant.service.js';
import { LandingService } from './landing.service.js';
import { WebviewService } from './webview.service.js';

/**
 * The order of things: `start()` and `complete()`.
 *
 * @see `docs/architecture.md`
 * @internal
 */
@Injectable()
export class ConnectFlowService {
  private readonly log = new FlowLog();

  constructor(
    private readonly landing: LandingService,
    private readonly attempts: AttemptsService,
    private readonly webview: WebviewService,
    private readonly grants: GrantService,
    private readonly fulfilment: FulfilmentService,
    private readonly failure: FailureService,
  ) {}

  /**
   * Starts an attempt for an owner.
   *
   * @param binding - the binding that the browser already has, or null
   * @throws ConnectionsError `return_to_refused`, `invalid_request` for metadata; PowensApiError when a webview code
   *   cannot be made
   */
  async start(owner: Owner, request: StartRequest, binding: string | null): Promise<StartedAttempt> {
    const returnTo = this.landing.resolve(request.returnTo);
    const metadata = metadataOf(request.metadata ?? {});
    const code = await this.webview.codeFor(owner);
    const { redirectUri } = this.webview;
    const expectsCode = code === null;
    const attempt = await this.attempts.issue({
      owner,
      flow: 'connect',
      expectsCode,
      redirectUri,
      returnTo,
      binding,
      metadata,
    });
    this.log.redirected(attempt.id, 'connect');
    const url = this.webview.connectUrl(request, attempt, code);
    return { attemptId: attempt.id, url, expiresAt: attempt.expiresAt, binding: attempt.binding };
  }

  /**
   * Completes the attempt that a callback belongs to.
   *
   * @param query - of the callback, as received
   * @param binding - what the browser's cookie holds, or null
   * @param principal - who is signed in, when that can be told
   * @returns where the browser goes
   * @throws CallbackRefusedError when nothing was consumed; PowensApiError when the same callback may be sent again
   */
  async complete(query: string, binding: string | null, principal: Owner | null): Promise<string> {
    const consumed = await this.attempts.consume(parseCallback(query), binding, principal);
    if (consumed.first) {
      this.log.returned(consumed.attempt, consumed.callback);
      await this.finish(consumed.attempt, consumed.callback);
    }
    return this.landing.of(consumed.attempt);
  }

  private async finish(attempt: ClaimedAttempt, callback: VerifiedCallback): Promise<void> {
    let grant: Grant | null = null;
    try {
      refuseError(callback);
      grant = await this.grants.obtain(attempt, callback);
      const connectionIds = await this.fulfilment.fulfil(attempt, grant, callback);
      this.log.connected(attempt.id, connectionIds);
    } catch (error) {
      await this.failure.fail(attempt, grant, error);
    }
  }
}

/** A code beside an error is not exchanged (OA-23). */
function refuseError(callback: VerifiedCallback): void {
  if (callback.error !== null) {
    throw new ConnectionsError(callback.error, `The webview came back with an error: ${callback.error}.`);
  }
}
