import { ConnectionsError } from './connections.error.js';
import type { ConnectionsErrorCode } from './error-codes.js';
import { PowensApiError } from './powens-api.error.js';

/**
 * What an error code means for the attempt that it interrupts.
 *
 * @internal
 */
export interface ErrorRule {
  /**
   * Whether the same completion can succeed later. `yes`: the fault is temporary, at Powens or here. `perhaps`: an answer that
   * may be wrong, accepted after a few tries. `no`: permanent.
   */
  readonly passes: 'yes' | 'perhaps' | 'no';
  /** How the attempt ends when the error is permanent. */
  readonly endsAs: 'denied' | 'failed';
}

const PASSES: ErrorRule = { passes: 'yes', endsAs: 'failed' };
const PERHAPS: ErrorRule = { passes: 'perhaps', endsAs: 'failed' };
const FAILS: ErrorRule = { passes: 'no', endsAs: 'failed' };
const DENIED: ErrorRule = { passes: 'no', endsAs: 'denied' };

/** One rule for each code: a new code does not compile without one (N39). */
const RULES: Readonly<Record<ConnectionsErrorCode, ErrorRule>> = {
  configuration_invalid: FAILS,
  schema_missing: PASSES,
  invalid_request: FAILS,
  return_to_refused: FAILS,
  cross_site_refused: FAILS,
  method_not_allowed: FAILS,
  unauthenticated: FAILS,
  forbidden: FAILS,
  not_found: FAILS,
  rate_limited: PASSES,
  callback_refused: FAILS,
  callback_incomplete: PERHAPS,
  // The owner's token can be renewed: the next start does so, and a reload then completes the attempt.
  not_connected: PASSES,
  needs_reauth: PERHAPS,
  owner_already_connected: FAILS,
  // A second check, a day later, must agree.
  powens_user_not_found: PERHAPS,
  busy: PASSES,
  sync_refused: FAILS,
  owner_conflict: FAILS,
  connection_not_found: FAILS,
  code_refused: FAILS,
  credentials_refused: FAILS,
  powens_unreachable: PASSES,
  powens_timeout: PASSES,
  powens_refused: PERHAPS,
  powens_failed: PASSES,
  powens_response_invalid: PASSES,
  access_denied: DENIED,
  server_error: FAILS,
  tos_declined: DENIED,
  session_expired: FAILS,
  provider_error: FAILS,
  attempt_expired: FAILS,
  outcome_unknown: FAILS,
  webhook_refused: FAILS,
  webhook_too_large: FAILS,
  webhook_encoding_refused: FAILS,
  webhook_unreadable: FAILS,
  webhook_timeout: FAILS,
  // Options or database belong to another provider: once they are corrected, the same completion succeeds.
  provider_mismatch: PASSES,
  key_unavailable: PASSES,
  tenant_unavailable: PASSES,
  token_tampered: FAILS,
  storage_failed: PASSES,
  commit_outcome_unknown: PASSES,
  // Of events that leave the process, long after the attempt.
  publisher_unavailable: PASSES,
  publisher_refused: FAILS,
  internal_error: PERHAPS,
};

/**
 * The rule for any error. One that this library did not throw is an internal fault, and a refusal without Powens' own
 * error code comes from a proxy, so it is temporary.
 *
 * @internal
 */
export function ruleOf(error: unknown): ErrorRule {
  if (!(error instanceof ConnectionsError)) {
    return RULES.internal_error;
  }
  return error instanceof PowensApiError &&
    error.code === 'powens_refused' &&
    error.failure.powensCode === null
    ? PASSES
    : RULES[error.code];
}
