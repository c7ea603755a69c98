import type { TransportError } from './transport.error.js';

/**
 * What a request may ask of the adapter beyond axios' own settings.
 *
 * @internal
 */
export interface UndiciRequestConfig {
  /**
   * Sends the request on a connection of its own. A request on a kept one that the peer closes in the same moment is lost
   * in a way that cannot be distinguished from a processed one (H12). A dispatcher of the host decides for itself.
   */
  readonly freshConnection?: boolean;
  /** Makes the error that a streamed answer (`responseType: 'stream'`) ends with. `timeout` is then for its headers, and for each pause after them. */
  readonly streamFailure?: (error: TransportError) => Error;
}
