import { TransportError, type TransportPhase } from '../undici/transport.error.js';
import { isRecord } from '../wire-values.js';

/**
 * Takes the two things out of a thrown error that an error of ours may hold: how far the request came, and the code of the
 * system or of undici.
 *
 * @see TC-15
 * @internal
 */
export function classifyTransportError(error: unknown): { phase: TransportPhase; code: string | null } {
  const given = isRecord(error) ? error['code'] : undefined;
  // As ECONNRESET or UND_ERR_CONNECT_TIMEOUT; an interceptor may have put anything there.
  const code = typeof given === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(given) ? given : null;
  // Of an interceptor, which may have run after the answer.
  return { phase: error instanceof TransportError ? error.phase : 'sent', code };
}
