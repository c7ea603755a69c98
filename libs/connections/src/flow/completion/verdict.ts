import { MAX_EXCHANGES, type AttemptClaim, type ClaimedAttempt } from '../../attempts/attempt.js';
import type { AttemptEnd } from '../../attempts/attempt-claim.repository.js';
import { ConnectionsError, PowensApiError, ruleOf } from '../../errors/index.js';

/** Times that a call is repeated whose answer may be wrong, before the answer is accepted. */
const MAX_RETRIES = 6;

/**
 * The next state of an attempt that an error interrupted.
 *
 * - `leave`: the outcome of the commit is unknown; the lease expires, and the next process reads the outcome first (RL-08)
 * - `release`: pending again, the same callback completes it
 * - `postpone`: claimed, the sweeper or a reload continues; `unsent` when the exchange was certainly not processed
 * - `end`: final
 */
export type Verdict =
  | { readonly kind: 'leave' }
  | { readonly kind: 'release' }
  | { readonly kind: 'postpone'; readonly unsent: boolean }
  | { readonly kind: 'end'; readonly end: AttemptEnd };

/** The token that was obtained before the error. */
export type Obtained = 'nothing' | 'kept' | 'exchanged';

/**
 * Decides the next state of an attempt.
 *
 * @param recoverySeconds - the age up to which an attempt is postponed
 * @internal
 */
export function verdictOf(
  attempt: Pick<ClaimedAttempt, 'expectsCode' | 'claim'>,
  obtained: Obtained,
  error: unknown,
  recoverySeconds: number,
): Verdict {
  if (error instanceof ConnectionsError && error.code === 'commit_outcome_unknown') {
    return { kind: 'leave' };
  }
  switch (obtained) {
    case 'kept':
      return ofKept(error);
    case 'exchanged':
      return mayRetry(attempt, error, recoverySeconds) ? { kind: 'postpone', unsent: false } : ended(error);
    case 'nothing':
      return attempt.expectsCode ? ofExchange(attempt, error, recoverySeconds) : ofKept(error);
  }
}

/**
 * No code was involved and Powens was only read. An attempt that a reload can complete stays pending, for example when the
 * owner's token was revoked meanwhile and can be renewed (N39).
 */
function ofKept(error: unknown): Verdict {
  return mayReload(error) ? { kind: 'release' } : ended(error);
}

function ofExchange(
  { claim }: Pick<ClaimedAttempt, 'claim'>,
  error: unknown,
  recoverySeconds: number,
): Verdict {
  const isYoung = claim.ageSeconds < recoverySeconds;
  if (claim.exchange > MAX_EXCHANGES) {
    return unknown('outcome_unknown');
  }
  if (!(error instanceof PowensApiError) || error.code === 'powens_unreachable') {
    return ofUnsent(claim, error, isYoung);
  }
  if (error.code === 'code_refused') {
    // A refusal of the first exchange is definite; later, an earlier exchange may have used up the code.
    return claim.exchange <= 1 ? ended(error) : unknown('outcome_unknown');
  }
  if (error.failure.processed === 'no') {
    // Wrong credentials, a wrong address, or an intermediary: the answer is not about the code.
    return ofUnsent(claim, error, isYoung);
  }
  return claim.exchange < MAX_EXCHANGES && isYoung
    ? { kind: 'postpone', unsent: false }
    : unknown(error.code);
}

/** The code was not sent, or certainly not processed: its state is the same as before this try. */
function ofUnsent(claim: AttemptClaim, error: unknown, isYoung: boolean): Verdict {
  const isFirst = claim.exchange <= 1;
  if (!mayReload(error)) {
    return ended(error);
  }
  if (isFirst && claim.postponed === 0) {
    return { kind: 'release' };
  }
  if (isYoung) {
    return { kind: 'postpone', unsent: true };
  }
  return isFirst ? ended(error) : unknown('outcome_unknown');
}

/** The token is stored: the attempt is retried while a retry can succeed. */
function mayRetry(
  { claim }: Pick<ClaimedAttempt, 'claim'>,
  error: unknown,
  recoverySeconds: number,
): boolean {
  const { passes } = ruleOf(error);
  const retries = passes === 'perhaps' ? MAX_RETRIES : Infinity;
  return passes !== 'no' && claim.ageSeconds < recoverySeconds && claim.postponed < retries;
}

/** Powens may accept later what it refuses now, and a bank was connected there: the person who connected it can reload. */
function mayReload(error: unknown): boolean {
  const { passes } = ruleOf(error);
  return passes === 'yes' || (passes === 'perhaps' && error instanceof PowensApiError);
}

function ended(error: unknown): Verdict {
  const code = error instanceof ConnectionsError ? error.code : 'internal_error';
  return { kind: 'end', end: { status: ruleOf(error).endsAs, error: code } };
}

function unknown(error: string): Verdict {
  return { kind: 'end', end: { status: 'unknown', error } };
}
