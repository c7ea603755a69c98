import { requiredActionOf } from '../../connections/required-action.js';
import type { ConnectorField } from '../../powens/custom/custom.parsers.js';
import type { StartedAttempt } from '../connect/connect-flow.types.js';

/**
 * The next step of a connection that is created without the webview.
 *
 * - `done`: the connection works; let the end user choose accounts, then `consent`
 * - `answer`: ask the end user for `fields`, then `answer`
 * - `confirm`: ask the end user to confirm in the bank's app, then `resume`
 * - `redirect`: redirect the browser to `redirect.url`; it returns to the callback, as from the webview
 * - `wait`: call `resume` after some seconds
 * - `stop`: the setup cannot continue; `requiredAction` of the connection names the remedy
 *
 * @public
 */
export type CustomConnectionNext = 'done' | 'answer' | 'confirm' | 'redirect' | 'wait' | 'stop';

/**
 * A step of creating a connection without the webview.
 *
 * @public
 */
export interface CustomConnectionStep {
  /** Id of the connection here (uuid). */
  readonly connectionId: string;
  readonly next: CustomConnectionNext;
  /** State as Powens reports it. */
  readonly state: string | null;
  /** Fields to ask the end user for; empty unless `next` is `answer`. */
  readonly fields: readonly ConnectorField[];
  /**
   * The redirect to the bank's site; null unless `next` is `redirect`. Its URL is a secret of this browser, as that of the
   * webview; set the binding in the browser.
   */
  readonly redirect: StartedAttempt | null;
}

const NEXT: Readonly<Record<string, CustomConnectionNext>> = {
  additionalInformationNeeded: 'answer',
  wrongpass: 'answer',
  SCARequired: 'confirm',
  decoupled: 'confirm',
  webauthRequired: 'redirect',
};

/**
 * Returns the next step of a state. Pure.
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
