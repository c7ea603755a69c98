import { Inject, Injectable } from '@nestjs/common';
import type { AttemptStatus } from '../../attempts/attempt.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { AttemptsService, type AttemptRequest, type IssuedAttempt } from '../../attempts/attempts.service.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { metadataOf } from '../../values/metadata.js';
import type { Owner } from '../../values/owner.js';
import { parseCallback } from '../../values/parse-callback.js';
import type { WebviewCode } from '../../values/secrets/webview-code.js';
import type { Completed, StartedAttempt, StartRequest } from './connect-flow.types.js';
import { FlowLog } from '../exchange/flow-log.js';
import { ReturnToResolver } from './return-to.resolver.js';
import { AttemptRunner } from '../completion/attempt-runner.service.js';
import { WebviewService } from './webview.service.js';

/** Tries of a start, when the owner's Powens user is created or removed between two statements. */
const MAX_TRIES = 3;

/**
 * The order of the steps of a flow: `start()` and `complete()`.
 *
 * @see `docs/architecture.md`
 * @internal
 */
@Injectable()
export class ConnectFlowService {
  private readonly log = new FlowLog();

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly landing: ReturnToResolver,
    private readonly attempts: AttemptsService,
    private readonly webview: WebviewService,
    private readonly sealing: AttemptCustody,
    private readonly runner: AttemptRunner,
    private readonly rows: AttemptRepository,
  ) {}

  /**
   * Starts an attempt for an owner.
   *
   * @param binding - the binding that the browser already has, or null
   * @throws ConnectionsError `return_to_refused`, `invalid_request` for metadata; PowensApiError when a webview code
   *   cannot be created
   */
  async start(owner: Owner, request: StartRequest, binding: string | null): Promise<StartedAttempt> {
    const returnTo = this.landing.resolve(request.returnTo);
    const metadata = metadataOf(request.metadata ?? {});
    const { redirectUri } = this.webview;
    const { attempt, code } = await this.issue({
      owner,
      flow: 'connect',
      expectsCode: true,
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
   * Issues the attempt of an owner. Without a Powens user, the webview creates one and the attempt expects a code; otherwise the
   * attempt comes with a webview code for the existing user. The limits are checked before Powens is called.
   */
  private async issue(
    request: AttemptRequest,
  ): Promise<{ attempt: IssuedAttempt; code: WebviewCode | null }> {
    const existingOnly = this.options.provisioning === 'server-first';
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const issued = await this.attempts.tryIssue(request, { existingOnly });
      if (issued.kind === 'issued') {
        return { attempt: issued.attempt, code: null };
      }
      const code = await this.webview.codeFor(request.owner, issued.user);
      if (code !== null) {
        return { attempt: await this.attempts.issue({ ...request, expectsCode: false }), code };
      }
    }
    throw new ConnectionsError('busy', "The owner's Powens user is being changed.", { retryAfterSeconds: 5 });
  }

  /**
   * Completes the attempt that a callback belongs to.
   *
   * @param query - of the callback, as received
   * @param binding - what the browser's cookie holds, or null
   * @param principal - the signed-in owner, or null when it is unknown
   * @returns where the browser lands, and where it can start again
   * @throws CallbackRefusedError when nothing was consumed; PowensApiError when the same callback may be sent again
   */
  async complete(query: string, binding: string | null, principal: Owner | null): Promise<Completed> {
    const callback = parseCallback(query);
    const consumed = await this.attempts.consume(callback, { binding, principal }, (code, digests) =>
      this.sealing.sealCode(code, digests),
    );
    let status: AttemptStatus | null;
    if (consumed.first) {
      this.log.returned(consumed.attempt, callback);
      const isConnected = await this.runner.run(consumed.attempt, consumed.code);
      status = isConnected ? 'connected' : await this.statusOf(consumed.attempt);
    } else {
      ({ status } = consumed.attempt);
    }
    const { attempt } = consumed;
    // In an edited row, the address to return to may be edited too.
    const landed = this.sealing.isAuthentic(attempt.bound) ? attempt : { ...attempt, returnTo: null };
    return {
      url: this.landing.of(landed),
      againUrl: status === 'unknown' ? this.landing.againOf(landed) : null,
    };
  }

  private async statusOf({ owner, id }: { owner: Owner; id: string }): Promise<AttemptStatus | null> {
    const found = await this.rows.findOne(owner, id);
    return found?.status ?? null;
  }
}
