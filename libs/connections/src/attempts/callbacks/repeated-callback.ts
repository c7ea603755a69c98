import { timingSafeEqual } from 'node:crypto';
import { CallbackRefusedError, ConnectionsError } from '../../errors/index.js';
import type { Owner } from '../../values/owner.js';
import type { KnownAttempt } from '../attempt.rows.js';

/**
 * The attempt that a repeated callback gets its result from.
 *
 * @throws CallbackRefusedError when the callback is not that of the attempt; ConnectionsError `powens_unreachable`
 */
export function usable(
  known: KnownAttempt | null,
  codeHash: Buffer | null,
  principal: Owner | null,
): KnownAttempt {
  if (known === null) {
    throw new CallbackRefusedError('unknown_state');
  }
  if (principal !== null && !(principal.id === known.owner.id && principal.tenant === known.owner.tenant)) {
    throw new CallbackRefusedError('foreign_principal');
  }
  if (known.status === 'expired') {
    throw new CallbackRefusedError('expired');
  }
  if (known.status === 'pending') {
    // The callback that had claimed the attempt has just released it. It is not claimed again here: a hundred clicks
    // would send a hundred requests to a provider that is unreachable.
    throw new ConnectionsError(
      'powens_unreachable',
      'Powens cannot be reached now. Open this address again later.',
      {
        retryAfterSeconds: 1,
      },
    );
  }
  if (codeHash !== null && !sameHash(known.codeHash, codeHash)) {
    throw new CallbackRefusedError('code_substitution');
  }
  return known;
}

/** Digests have one length, so that `timingSafeEqual` never throws (OA-12). */
function sameHash(stored: Buffer | null, presented: Buffer): boolean {
  return stored !== null && timingSafeEqual(stored, presented);
}
