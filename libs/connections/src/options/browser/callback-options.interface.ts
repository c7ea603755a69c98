import type { Attempt } from '../../values/attempts/attempt.js';
import type { Owner } from '../../values/owner.js';

/**
 * How the callback answers a browser whose attempt was completed, or ended otherwise:
 *
 * - `redirect`: 303 to where the browser lands
 * - `page`: a page that continues there by itself, for session cookies that are `SameSite=Strict`: a browser leaves them out of a
 *   navigation that began at Powens, and sends them with the one that begins at this page. Other clients get the 303
 * - `json`: 200 with the attempt, and where a browser would land, as `landing`
 * - `no-content`: 204
 *
 * @public
 */
export type CallbackAnswer = 'redirect' | 'page' | 'json' | 'no-content';

/**
 * The end of an attempt, as {@link CallbackOptions.landing} gets it.
 *
 * @public
 */
export interface CallbackResult {
  /** `connected`, `denied`, `failed`, `unknown`; `claimed` while the completion is resumed in the background. */
  readonly attempt: Attempt;
  /** Who started it. */
  readonly owner: Owner;
  /** Checked when the attempt was started; null when the start named none and there is no default. */
  readonly returnTo: string | null;
  /** Where the browser lands by default. */
  readonly url: string;
}

/**
 * Chooses where a browser lands. Called for each callback, also for one that is loaded again, so it must change nothing.
 *
 * @param result - the end of the attempt, whatever it is
 * @returns a path of the own origin, the name of a target, or a URL of an origin in `returnTo.targets` or
 *   `crossSite.trustedOrigins`; nothing for the default. `attempt=<id>` is added
 * @public
 */
export type LandingHook = (
  result: CallbackResult,
) => string | null | undefined | Promise<string | null | undefined>;

/**
 * How the callback answers.
 *
 * @public
 */
export interface CallbackOptions {
  /**
   * What a browser gets when its attempt has ended, or is being completed.
   *
   * @defaultValue `'redirect'`
   */
  answer?: CallbackAnswer;
  /**
   * Chooses where the browser lands. When it throws, takes too long or chooses what is not allowed, the browser lands by default and
   * an error is logged: what was connected stays.
   *
   * @defaultValue `returnTo` of the start, then `returnTo.default`, then the attempt
   */
  landing?: LandingHook;
  /**
   * Milliseconds that {@link CallbackOptions.landing} may take.
   *
   * @defaultValue 2000
   */
  landingTimeoutMs?: number;
  /**
   * Shows a developer which check refused a callback, on the page of the refusal. For development: boot is refused when
   * `NODE_ENV` is `production`, since it also shows an attacker which states exist.
   *
   * @defaultValue false
   */
  diagnosis?: boolean;
}
