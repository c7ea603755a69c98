import { Logger } from '@nestjs/common';
import type { AttemptFlow, ClaimedAttempt } from '../attempts/attempt.js';
import type { VerifiedCallback } from '../values/webview-callback.js';

/**
 * One line per step of the flow: redirect, callback, exchange, and how it ended. Ids and codes only.
 *
 * @internal
 */
export class FlowLog {
  readonly #logger = new Logger('ConnectionsFlow');

  redirected(attemptId: string, flow: AttemptFlow): void {
    this.#logger.log(`Step 1, redirect: attempt ${attemptId} sends the browser to the webview (${flow})`);
  }

  returned(attempt: ClaimedAttempt, callback: VerifiedCallback): void {
    const error =
      callback.error === null ? '' : `, error ${callback.error} ${JSON.stringify(callback.errorDescription)}`;
    const code = callback.code === null ? 'no code' : 'code [redacted]';
    this.#logger.log(`Step 2, callback: attempt ${attempt.id} came back to its browser, ${code}${error}`);
    if (callback.code !== null && !attempt.expectsCode) {
      this.#logger.warn(
        `Security: attempt ${attempt.id} came back with a code that nobody asked for; it is not used`,
      );
    }
  }

  exchanged(attemptId: string): void {
    this.#logger.log(
      `Step 3, exchange: attempt ${attemptId} exchanged its code for the access token [redacted]`,
    );
  }

  connected(attemptId: string, connectionIds: readonly string[]): void {
    this.#logger.log(`Attempt ${attemptId} is connected: ${connectionIds.join(', ')}`);
  }

  ended(attemptId: string, status: string, error: unknown): void {
    const text = error instanceof Error ? error.message : 'unknown fault';
    this.#logger.warn(`Attempt ${attemptId} ended ${status}: ${text}`);
  }

  revoked(attemptId: string, done: boolean): void {
    if (done) {
      this.#logger.warn(
        `Attempt ${attemptId}: the access token just obtained was revoked, since it could not be kept`,
      );
    } else {
      this.#logger.error(
        `Attempt ${attemptId}: an access token that could not be kept could not be revoked either`,
      );
    }
  }

  fault(attemptId: string, error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.#logger.error(`Attempt ${attemptId}: a fault of ours`, stack);
  }
}
