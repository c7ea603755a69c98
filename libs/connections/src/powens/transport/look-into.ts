import { LeanAdapterError, type LeanPhase } from '../lean/lean-adapter.error.js';
import { isRecord } from '../wire-values.js';

const NOTHING_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Takes out of whatever an adapter threw the two things that may be told: how far the request came, and the system's
 * word for it.
 *
 * @see TC-15
 * @internal
 */
export function lookInto(error: unknown): { phase: LeanPhase; code: string | null } {
  const given = isRecord(error) ? error['code'] : undefined;
  // A word of the system, as ECONNRESET; an interceptor may have put anything there.
  const code = typeof given === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(given) ? given : null;
  if (error instanceof LeanAdapterError) {
    return { phase: error.phase, code };
  }
  // Of another adapter, or of an interceptor of the host: certain only where the system is.
  return { phase: code !== null && NOTHING_SENT.has(code) ? 'unsent' : 'sent', code };
}
