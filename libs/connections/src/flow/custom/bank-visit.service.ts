import { Injectable } from '@nestjs/common';
import { AttemptsService } from '../../attempts/attempts.service.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { PublicRoutes } from '../../options/public-routes.js';
import type { StartedAttempt } from '../connect-flow.types.js';
import { FlowLog } from '../flow-log.js';
import { LandingService } from '../landing.service.js';
import { CustomDialogue, type Speaker } from './custom-dialogue.service.js';

/** How a browser goes to the bank, and where it lands. */
export interface VisitWish {
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
export class BankVisitService {
  private readonly log = new FlowLog();

  constructor(
    private readonly landing: LandingService,
    private readonly attempts: AttemptsService,
    private readonly routes: PublicRoutes,
    private readonly dialogue: CustomDialogue,
  ) {}

  /**
   * Checks a wish before anything is done.
   *
   * @throws ConnectionsError `return_to_refused`
   */
  check({ returnTo }: VisitWish): void {
    this.landing.resolve(returnTo);
  }

  /** Issues the attempt and asks Powens for the bank's address. */
  async start(
    speaker: Speaker,
    local: LocalConnection,
    { returnTo, binding }: VisitWish,
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
