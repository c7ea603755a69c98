import { Inject, Injectable, type Logger } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { withTimeLimit } from '../../background/time-limit.js';
import { ConnectionsError, CustodyError, describeError } from '../../errors/index.js';
import type { CallbackResult } from '../../options/index.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { requireKnown } from '../changes/require-known.js';
import type { Completed } from './connect-flow.types.js';
import { FlowUrls } from './flow-urls.js';

/**
 * Where the browser lands after its callback, as the application chooses. By then the attempt has ended: no choice, and no fault of
 * the application, changes what came of it.
 *
 * @internal
 */
@Injectable()
export class LandingChoice {
  readonly #logger: Logger;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly urls: FlowUrls,
    private readonly attempts: AttemptRepository,
  ) {
    this.#logger = loggerOf('ConnectionsHttp', options);
  }

  /**
   * Asks the application.
   *
   * @param read - reads the end of the attempt, where the application is asked
   * @returns null for the default: the application has no choice to make, made none, or one that is not allowed
   */
  async choose(completed: Completed, read: () => Promise<CallbackResult>): Promise<string | null> {
    const { landing, landingTimeoutMs } = this.options.callback;
    if (landing === null || !completed.isAuthentic) {
      return null;
    }
    try {
      const result = await read();
      const chosen: unknown = await withTimeLimit(
        landingTimeoutMs,
        async () => landing(result),
        () => new ConnectionsError('internal_error', `It did not choose within ${landingTimeoutMs} ms`),
      );
      return chosen === null || chosen === undefined ? null : this.allowed(chosen, completed);
    } catch (error) {
      this.warn(completed, `failed: ${describeError(error)}`);
      return null;
    }
  }

  /**
   * The end of an attempt, for the application.
   *
   * @throws CustodyError `token_tampered` for an attempt that was edited in the database: its owner may be another one; ConnectionsError
   *   `not_found`; StorageError
   */
  async resultOf({ attemptId, owner, returnTo, url, isAuthentic }: Completed): Promise<CallbackResult> {
    if (!isAuthentic) {
      throw new CustodyError(
        'token_tampered',
        'The attempt was changed in the database. Nothing is said of its owner.',
      );
    }
    const attempt = await requireKnown(
      attemptId,
      async () => this.attempts.findOne(owner, attemptId),
      'attempt',
    );
    return { attempt, owner, returnTo, url };
  }

  private allowed(chosen: unknown, completed: Completed): string | null {
    const url = typeof chosen === 'string' ? this.urls.chosenLanding(chosen, completed.attemptId) : null;
    if (url === null) {
      this.warn(
        completed,
        'chose what is not allowed. It may be a path of the own origin, the name of a target, or a URL of an origin in ' +
          'returnTo.targets or crossSite.trustedOrigins',
      );
    }
    return url;
  }

  private warn({ attemptId }: Completed, what: string): void {
    this.#logger.error(
      `The option callback.landing ${what}. The browser of attempt ${attemptId} lands by default.`,
    );
  }
}
