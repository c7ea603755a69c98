import type { Logger } from '@nestjs/common';
import type { AttemptFlow, ClaimedAttempt } from '../../attempts/attempt.js';
import { describeError } from '../../errors/index.js';
import type { WebviewCallback } from '../../values/webview-callback.js';
import type { Undone } from './token-access.types.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { failureFields } from '../../options/registration/failure-fields.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/**
 * One line per step of the flow: redirect, callback, exchange, and how it ended. Ids and codes only.
 *
 * @internal
 */
export class FlowLog {
  readonly #logger: Logger;

  constructor(options: Pick<ResolvedOptions, 'instance'>) {
    this.#logger = loggerOf('ConnectionsFlow', options);
  }

  redirected(attemptId: string, flow: AttemptFlow): void {
    this.#logger.log(`Step 1, redirect: attempt ${attemptId} sends the browser to the webview (${flow})`, {
      attemptId,
    });
  }

  returned(attempt: ClaimedAttempt, callback: WebviewCallback): void {
    const error =
      callback.error === null ? '' : `, error ${callback.error} ${JSON.stringify(callback.errorDescription)}`;
    const code = callback.code === null ? 'no code' : 'code [redacted]';
    this.#logger.log(`Step 2, callback: attempt ${attempt.id} came back to its browser, ${code}${error}`, {
      attemptId: attempt.id,
    });
    if (callback.code !== null && !attempt.expectsCode) {
      this.#logger.warn(
        `Security: attempt ${attempt.id} came back with a code that was not requested; it is not used`,
        { attemptId: attempt.id },
      );
    }
  }

  exchanged(attemptId: string): void {
    this.#logger.log(
      `Step 3, exchange: attempt ${attemptId} exchanged its code for the access token [redacted]`,
      { attemptId },
    );
  }

  connected(attemptId: string, connectionIds: readonly string[]): void {
    this.#logger.log(`Attempt ${attemptId} is connected: ${connectionIds.join(', ')}`, {
      attemptId,
      connectionIds,
    });
  }

  ended(attemptId: string, status: string, error: unknown): void {
    this.#logger.warn(`Attempt ${attemptId} ended ${status}: ${describeError(error)}`, {
      attemptId,
      ...failureFields(error),
    });
  }

  postponed(attemptId: string, error: unknown): void {
    this.#logger.warn(
      `Attempt ${attemptId} is postponed, its code or token stays stored: ${describeError(error)}`,
      { attemptId, ...failureFields(error) },
    );
  }

  leaseLost(attemptId: string): void {
    this.#logger.warn(`Attempt ${attemptId} is completed by another process: this one lost its lease`, {
      attemptId,
    });
  }

  undone(attemptId: string, undone: Undone): void {
    switch (undone.kind) {
      case 'user_deleted':
        this.#logger.warn(
          `Attempt ${attemptId}: Powens user ${undone.powensUserId}, which this attempt created, was deleted, since it could not be stored`,
          { attemptId },
        );
        return;
      case 'token_revoked':
        this.#logger.warn(
          `Attempt ${attemptId}: the access token just obtained was revoked, since it could not be stored`,
          { attemptId },
        );
        return;
      case 'gone':
      case 'kept':
    }
  }

  orphaned(attemptId: string, error: unknown): void {
    this.#logger.error(
      `Attempt ${attemptId}: the Powens user that this attempt created may be left behind: ${describeError(error)}. ` +
        'See "Orphans" in docs/operations.md.',
      { attemptId, ...failureFields(error) },
    );
  }

  fault(attemptId: string, error: unknown): void {
    const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
    this.#logger.error(`Attempt ${attemptId}: unexpected error`, {
      attemptId,
      ...failureFields(error),
      ...stack,
    });
  }
}
