import { Injectable } from '@nestjs/common';
import { AttemptsService } from '../../attempts/attempts.service.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import type { StartedAttempt } from '../connect/connect-flow.types.js';
import { FlowLog } from '../exchange/flow-log.js';
import { ReturnToResolver } from '../connect/return-to.resolver.js';
import { ConnectionSetupClient, type Speaker } from './connection-setup-client.service.js';

/** How a browser goes to the bank, and where it lands. */
export interface BankRedirectRequest {
  readonly returnTo: string | undefined;
  readonly binding: string | null;
}

/**
 * Sends a browser to the bank's own site. It comes back to the callback like from the webview, so it goes as an attempt
 * to reconnect: tied to this browser and owner, used once, and completed by the same code.
 *
 * @internal
 */
@Injectable()
export class BankRedirectService {
  private readonly log = new FlowLog();

  constructor(
    private readonly landing: ReturnToResolver,
    private readonly attempts: AttemptsService,
    private readonly routes: PublicRoutes,
    private readonly dialogue: ConnectionSetupClient,
  ) {}

  /**
   * Checks a wish before anything is done.
   *
   * @throws ConnectionsError `return_to_refused`
   */
  check({ returnTo }: BankRedirectRequest): void {
    this.landing.resolve(returnTo);
  }

  /** Issues the attempt and asks Powens for the bank's address. */
  async start(
    speaker: Speaker,
    local: LocalConnection,
    { returnTo, binding }: BankRedirectRequest,
  ): Promise<StartedAttempt> {
    const { redirectUri } = this.routes;
    const attempt = await this.attempts.issue({
      owner: speaker.owner,
      flow: 'reconnect',
      expectsCode: false,
      redirectUri,
      returnTo: this.landing.resolve(returnTo),
      connectionId: local.id,
      binding,
    });
    this.log.redirected(attempt.id, 'reconnect');
    const back = { redirectUri, state: attempt.state };
    const url = await this.dialogue.bankUrl(speaker, local.powensConnectionId, back);
    return { attemptId: attempt.id, url, expiresAt: attempt.expiresAt, binding: attempt.binding };
  }
}
