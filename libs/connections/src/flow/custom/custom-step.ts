import { requiredActionOf } from '../../connections/required-action.js';
import type { ConnectorField } from '../../powens/custom/custom.parsers.js';
import type { StartedAttempt } from '../connect/connect-flow.types.js';

/**
 * What comes next for a connection that is made without the webview.
 *
 * - `done`: it is connected; let the end user choose accounts, then `consent`
 * - `answer`: ask the end user for `fields`, then `answer`
 * - `confirm`: say "confirm in your bank's app", then `resume`
 * - `visit`: send the browser to `visit.url`; it comes back to the callback, as from the webview
 * - `wait`: ask again with `resume` after some seconds
 * - `stop`: nothing more can be done here; `requiredAction` of the connection says what can
 *
 * @public
 */
export type CustomConnectionNext = 'done' | 'answer' | 'confirm' | 'visit' | 'wait' | 'stop';

/**
 * A step of making a connection without the webview.
 *
 * @public
 */
export interface CustomConnectionStep {
  /** Id of the connection here (uuid). */
  readonly connectionId: string;
  readonly next: CustomConnectionNext;
  /** Powens' word. */
  readonly state: string | null;
  /** What to ask for; empty unless `next` is `answer`. */
  readonly fields: readonly ConnectorField[];
  /**
   * The visit of the bank's site; null unless `next` is `visit`. Its URL is a secret of this browser, as that of the
   * webview; the browser must get the binding.
   */
  readonly visit: StartedAttempt | null;
}

const NEXT: Readonly<Record<string, CustomConnectionNext>> = {
  additionalInformationNeeded: 'answer',
  wrongpass: 'answer',
  SCARequired: 'confirm',
  decoupled: 'confirm',
  webauthRequired: 'visit',
};

/**
 * Tells what a state asks for. Pure.
 *
 * @internal
 */
export function nextOf(state: string | null): CustomConnectionNext {
  if (state === null) {
    return 'done';
  }
  const next = Object.hasOwn(NEXT, state) ? NEXT[state] : undefined;
  return next ?? (requiredActionOf(state) === 'wait' ? 'wait' : 'stop');
}
