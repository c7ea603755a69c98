import { Secret } from './secret.js';

/**
 * The temporary code given *to* the webview so that it acts for a known Powens user: created per click, single use,
 * never stored, logged or cached (OA-31).
 *
 * @internal
 */
export class WebviewCode extends Secret {
  static of(value: string): WebviewCode {
    return new WebviewCode(value);
  }
}
