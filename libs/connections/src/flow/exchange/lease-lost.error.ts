import { ConnectionsError } from '../../errors/index.js';

/**
 * Another process holds the lease of the attempt and completes it: this process must not write.
 *
 * @internal
 */
export class LeaseLostError extends ConnectionsError {
  constructor() {
    super('busy', 'Another process completes this attempt.');
  }
}
