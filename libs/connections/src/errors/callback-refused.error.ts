import { ConnectionsError } from './connections.error.js';

/**
 * Why a callback was refused. For logs only: the answer is uniform, or it would show an attacker which states exist.
 *
 * @public
 */
export type CallbackRefusal =
  | 'malformed'
  | 'no_binding'
  | 'unknown_state'
  | 'foreign_principal'
  | 'foreign_ticket'
  | 'expired'
  | 'code_substitution';

/**
 * The callback carries no state that this browser may use now.
 *
 * @public
 */
export class CallbackRefusedError extends ConnectionsError {
  constructor(readonly reason: CallbackRefusal) {
    super(
      'callback_refused',
      'This link is not valid in this browser, was already used, or has expired. Start the connection again from the application.',
    );
  }
}
