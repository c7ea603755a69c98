import { Injectable } from '@nestjs/common';
import { AttemptsService } from '../../attempts/attempts.service.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import type { StartedAttempt } from '../connect/connect-flow.types.js';
import { FlowLog } from '../exchange/flow-log.js';
import { ReturnToResolver } from '../connect/return-to.resolver.js';
import { ConnectionSetupClient, type Caller } from './connection-setup-client.service.js';

/** How a browser is redirected to the bank, and where it returns to. */
export interface BankRedirectRequest {
  readonly returnTo: string | undefined;
  readonly binding: string | null;
}

/**
 * Redirects a browser to the bank's own site. It returns to the callback as from the webview, so the redirect is an attempt
 * to reconnect: bound to this browser and owner, used once, and completed by the same code.
 *
 * @internal
 */
@Injectable()
export class BankRedirectService {
  private readonly log = new FlowLog();

  constructor(
    private readonly returnTos: ReturnToResolver,
    private readonly attempts: AttemptsService,
    private readonly routes: PublicRoutes,
    private readonly client: ConnectionSetupClient,
  ) {}

  /**
   * Checks a request before anything is sent.
   *
   * @throws ConnectionsError `return_to_refused`
   */
  check({ returnTo }: BankRedirectRequest): void {
    this.returnTos.resolve(returnTo);
  }

  /** Issues the attempt and asks Powens for the bank's address. */
  async start(
    caller: Caller,
    local: LocalConnection,
    { returnTo, binding }: BankRedirectRequest,
  ): Promise<StartedAttempt> {
    const { redirectUri } = this.routes;
    const attempt = await this.attempts.issue({
      owner: caller.owner,
      flow: 'reconnect',
      expectsCode: false,
      redirectUri,
      returnTo: this.returnTos.resolve(returnTo),
      connectionId: local.id,
      binding,
    });
    this.log.redirected(attempt.id, 'reconnect');
    const back = { redirectUri, state: attempt.state };
    const url = await this.client.bankUrl(caller, local.powensConnectionId, back);
    return { attemptId: attempt.id, url, expiresAt: attempt.expiresAt, binding: attempt.binding };
  }
}
