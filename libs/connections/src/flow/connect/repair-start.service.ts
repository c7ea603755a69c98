import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import type { AttemptFlow } from '../../attempts/attempt.js';
import { AttemptsService, type IssuedAttempt } from '../../attempts/attempts.service.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { ConnectionsError } from '../../errors/index.js';
import type { Owner } from '../../values/owner.js';
import type { ManageRequest, ReconnectRequest, StartedAttempt } from './connect-flow.types.js';
import { FlowLog } from '../exchange/flow-log.js';
import { ReturnToResolver } from './return-to.resolver.js';
import { WebviewService } from './webview.service.js';

/**
 * Starts the flows of an owner who has connections already. The webview always acts for the owner's Powens user.
 *
 * @internal
 */
@Injectable()
export class RepairStartService {
  private readonly log = new FlowLog();

  constructor(
    private readonly landing: ReturnToResolver,
    private readonly attempts: AttemptsService,
    private readonly webview: WebviewService,
    private readonly changes: ConnectionChangesRepository,
  ) {}

  /**
   * Starts the repair of a connection. Its callback carries the state alone: the attempt knows the connection.
   *
   * @throws ConnectionsError `not_found`, `not_connected`, `return_to_refused`; PowensApiError
   */
  async reconnect(
    owner: Owner,
    connectionId: string,
    request: ReconnectRequest,
    binding: string | null,
  ): Promise<StartedAttempt> {
    const returnTo = this.landing.resolve(request.returnTo);
    const local = await this.require(owner, connectionId);
    await this.attempts.requireRoom(owner, binding);
    const code = await this.webview.requiredCodeFor(owner);
    const attempt = await this.issue(owner, 'reconnect', { returnTo, binding, connectionId: local.id });
    return started(attempt, this.webview.reconnectUrl(request, attempt, code, local.powensConnectionId));
  }

  /**
   * Opens the manage page, where the owner may add and delete connections.
   *
   * @throws as {@link RepairStartService.reconnect}
   */
  async manage(owner: Owner, request: ManageRequest, binding: string | null): Promise<StartedAttempt> {
    const returnTo = this.landing.resolve(request.returnTo);
    const { connectionId } = request;
    const local = connectionId === undefined ? undefined : await this.require(owner, connectionId);
    await this.attempts.requireRoom(owner, binding);
    const code = await this.webview.requiredCodeFor(owner);
    const attempt = await this.issue(owner, 'manage', { returnTo, binding });
    return started(attempt, this.webview.manageUrl(request, attempt, code, local?.powensConnectionId));
  }

  private async issue(
    owner: Owner,
    flow: AttemptFlow,
    options: { returnTo: string | null; binding: string | null; connectionId?: string },
  ): Promise<IssuedAttempt> {
    const { redirectUri } = this.webview;
    const attempt = await this.attempts.issue({ owner, flow, expectsCode: false, redirectUri, ...options });
    this.log.redirected(attempt.id, flow);
    return attempt;
  }

  private async require(owner: Owner, id: string): Promise<LocalConnection> {
    const local = isUuid(id) ? await this.changes.find(owner, id) : null;
    if (local === null) {
      throw new ConnectionsError('not_found', 'There is no such connection.');
    }
    return local;
  }
}

function started({ id, expiresAt, binding }: IssuedAttempt, url: string): StartedAttempt {
  return { attemptId: id, url, expiresAt, binding };
}
