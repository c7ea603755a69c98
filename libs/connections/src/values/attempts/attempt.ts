/** Page of the webview that an attempt uses. */
export type AttemptFlow = 'connect' | 'reconnect' | 'manage';

/**
 * Status of an attempt. Terminal: all but `pending` and `claimed`. `claimed` means that the callback arrived and is being
 * completed, or will be completed after a process or an answer of Powens was lost; `unknown` that it can no longer be
 * completed, since the code was used and its answer was lost.
 *
 * @public
 */
export type AttemptStatus = 'pending' | 'claimed' | 'connected' | 'denied' | 'failed' | 'expired' | 'unknown';

/**
 * An attempt as its owner may see it.
 *
 * @public
 */
export interface Attempt {
  readonly id: string;
  readonly flow: AttemptFlow;
  readonly status: AttemptStatus;
  /** Ids of the connections that the attempt created or repaired (uuid). */
  readonly connectionIds: readonly string[];
  /** Stable error code, or null. */
  readonly error: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly completedAt: Date | null;
}
