import { ConnectionsError } from './connections.error.js';

/**
 * A sealed value cannot be opened. The row is left as it is: it is evidence (`token_tampered`), or will be readable
 * again once its key is back (`key_unavailable`).
 *
 * @public
 */
export class CustodyError extends ConnectionsError {
  constructor(code: 'key_unavailable' | 'token_tampered', message: string) {
    super(code, message);
  }
}
