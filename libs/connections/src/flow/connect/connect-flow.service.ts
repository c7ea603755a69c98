import { Inject, Injectable } from '@nestjs/common';
import type { Attempt, AttemptFlow, AttemptStatus } from '../../attempts/attempt.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { AttemptsService, type AttemptRequest, type IssuedAttempt } from '../../attempts/attempts.service.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { Traced } from '../../telemetry/spans.js';
import { metadataOf } from '../../values/metadata.js';
import type { Owner } from '../../values/owner.js';
import { parseCallback } from '../../values/parse-callback.js';
import type { WebviewCode } from '../../values/secrets/webview-code.js';
import type {
  Completed,
  Completion,
  ManageRequest,
  ReconnectRequest,
  StartedAttempt,
  StartRequest,
} from './connect-flow.types.js';
import { FlowLog } from '../exchange/flow-log.js';
import { AttemptCompletion } from '../completion/attempt-completion.service.js';
import { requireKnown } from '../changes/require-known.js';
import { FlowUrls, type Landing, type OpenedAttempt } from './flow-urls.js';
import { ProvisioningService } from './provisioning.service.js';

/** Tries of a start, when the owner's Powens user is created or removed between two statements. */
const MAX_TRIES = 3;

/**
 * The order of the steps of a flow: a start of any kind, and the callback that completes it.
 *
 * @see `docs/architecture.md`
 * @internal
 */
@Injectable()
export class ConnectFlowService {
  @Inject(RESOLVED_OPTIONS) private readonly options!: Pick<ResolvedOptions, 'instance'>;
  #log: FlowLog | undefined;

  constructor(
    private readonly urls: FlowUrls,
    private readonly attempts: AttemptsService,
    private readonly provisioning: ProvisioningService,
    private readonly changes: ConnectionChangesRepository,
    private readonly sealing: AttemptCustody,
    private readonly completion: AttemptCompletion,
    private readonly rows: AttemptRepository,
  ) {}

  private get log(): FlowLog {
    return (this.#log ??= new FlowLog(this.options));
  }

  /**
   * Starts an attempt for an owner.
   *
   * @param binding - the binding that the browser already has, or null
   * @throws ConnectionsError `return_to_refused`, `invalid_request` for metadata; PowensApiError when a webview code
   *   cannot be created
   */
  @Traced('powens.connect.start')
  async start(owner: Owner, request: StartRequest, binding: string | null): Promise<StartedAttempt> {
    const { complete, ...landing } = this.urls.resolveLanding(request.returnTo, binding);
    const metadata = metadataOf(request.metadata ?? {});
    // Before the webview: the token that it leads to could not be stored.
    const client = this.urls.clientOf(await this.sealing.tenantOf({ owner }));
    const { attempt, code } = await this.issueConnect({
      owner,
      flow: 'connect',
      expectsCode: true,
      redirectUri: client.redirectUri,
      ...landing,
      metadata,
    });
    this.log.redirected(attempt.id, 'connect');
    return started(attempt, complete, this.urls.connectUrl(request, { state: attempt.state, client }, code));
  }

  /**
   * Refuses a target whose attempts the application completes: a redirect has no answer that could contain the binding.
   *
   * @throws ConnectionsError `return_to_refused`
   */
  requireCallback(returnTo: string | undefined): void {
    if (this.urls.resolveLanding(returnTo, null).complete === 'confirm') {
      throw new ConnectionsError(
        'return_to_refused',
        'The application completes attempts of this target: start with POST, whose answer contains the binding.',
      );
    }
  }

  /**
   * Issues the attempt of an owner. Without a Powens user, the webview creates one and the attempt expects a code; otherwise the
   * attempt comes with a webview code for the existing user. The limits are checked before Powens is called.
   */
  private async issueConnect(
    request: AttemptRequest,
  ): Promise<{ attempt: IssuedAttempt; code: WebviewCode | null }> {
    const existingOnly = this.provisioning.isServerFirst;
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const issued = await this.attempts.tryIssue(request, { existingOnly });
      if (issued.kind === 'issued') {
        return { attempt: issued.attempt, code: null };
      }
      const code = await this.provisioning.codeFor(request.owner, issued.user);
      if (code !== null) {
        return { attempt: await this.attempts.issue({ ...request, expectsCode: false }), code };
      }
    }
    throw new ConnectionsError('busy', "The owner's Powens user is being changed.", { retryAfterSeconds: 5 });
  }

  /**
   * Starts the repair of a connection. Its callback carries the state alone: the attempt knows the connection.
   *
   * @throws ConnectionsError `not_found`, `not_connected`, `return_to_refused`; PowensApiError
   */
  @Traced('powens.connect.start')
  async reconnect(
    owner: Owner,
    connectionId: string,
    request: ReconnectRequest,
    binding: string | null,
  ): Promise<StartedAttempt> {
    const { complete, ...landing } = this.urls.resolveLanding(request.returnTo, binding);
    const local = await this.require(owner, connectionId);
    await this.attempts.requireRoom(owner, landing.binding);
    const { attempt, opened, code } = await this.issueRepair(owner, 'reconnect', {
      ...landing,
      connectionId: local.id,
    });
    const url = this.urls.reconnectUrl(request, opened, code, local.powensConnectionId);
    return started(attempt, complete, url);
  }

  /**
   * Opens the manage page, where the owner may add and delete connections.
   *
   * @throws as {@link ConnectFlowService.reconnect}
   */
  @Traced('powens.connect.start')
  async manage(owner: Owner, request: ManageRequest, binding: string | null): Promise<StartedAttempt> {
    const { complete, ...landing } = this.urls.resolveLanding(request.returnTo, binding);
    const { connectionId } = request;
    const local = connectionId === undefined ? undefined : await this.require(owner, connectionId);
    await this.attempts.requireRoom(owner, landing.binding);
    const { attempt, opened, code } = await this.issueRepair(owner, 'manage', landing);
    const url = this.urls.manageUrl(request, opened, code, local?.powensConnectionId);
    return started(attempt, complete, url);
  }

  private async issueRepair(
    owner: Owner,
    flow: AttemptFlow,
    options: Omit<Landing, 'complete'> & { readonly connectionId?: string },
  ): Promise<{ attempt: IssuedAttempt; opened: OpenedAttempt; code: WebviewCode }> {
    const client = this.urls.clientOf(await this.sealing.tenantOf({ owner }));
    const code = await this.provisioning.requiredCodeFor(owner);
    const { redirectUri } = client;
    const attempt = await this.attempts.issue({ owner, flow, expectsCode: false, redirectUri, ...options });
    this.log.redirected(attempt.id, flow);
    return { attempt, opened: { state: attempt.state, client }, code };
  }

  private async require(owner: Owner, id: string): Promise<LocalConnection> {
    return requireKnown(id, async () => this.changes.find(owner, id));
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
  @Traced('powens.callback')
  async complete(query: string, binding: string | null, principal: Owner | null): Promise<Completed> {
    const callback = parseCallback(query);
    const consumed = await this.attempts.consume(callback, { binding, principal }, (code, digests) =>
      this.sealing.sealCode(code, digests),
    );
    let status: AttemptStatus | null;
    if (consumed.first) {
      this.log.returned(consumed.attempt, callback);
      const isConnected = await this.completion.run(consumed.attempt, consumed.code);
      status = isConnected ? 'connected' : await this.statusOf(consumed.attempt);
    } else {
      ({ status } = consumed.attempt);
    }
    const { attempt } = consumed;
    // In an edited row, the address to return to may be edited too.
    const isAuthentic = this.sealing.isAuthentic(attempt.bound);
    const landed = isAuthentic ? attempt : { ...attempt, returnTo: null };
    return {
      attemptId: attempt.id,
      owner: attempt.owner,
      returnTo: landed.returnTo,
      isAuthentic,
      url: this.urls.landingOf(landed),
      display: this.urls.displayOf(landed.returnTo),
      againUrl: status === 'unknown' ? this.urls.againOf(landed) : null,
    };
  }

  /**
   * Finds an attempt of an owner.
   *
   * @throws ConnectionsError `not_found`
   */
  async getAttempt(owner: Owner, id: string): Promise<Attempt> {
    return requireKnown(id, async () => this.rows.findOne(owner, id), 'attempt');
  }

  private async statusOf({ owner, id }: { owner: Owner; id: string }): Promise<AttemptStatus | null> {
    const found = await this.rows.findOne(owner, id);
    return found?.status ?? null;
  }
}

function started(
  { id, expiresAt, binding }: IssuedAttempt,
  complete: Completion,
  url: string,
): StartedAttempt {
  return { attemptId: id, url, expiresAt, binding, complete };
}
