import { ConnectionsError } from '../../errors/index.js';

/**
 * Another process completes the attempt by now: this one writes nothing any more.
 *
 * @internal
 */
export class LeaseLostError extends ConnectionsError {
  constructor() {
    super('busy', 'Another process completes this attempt by now.');
  }
}
