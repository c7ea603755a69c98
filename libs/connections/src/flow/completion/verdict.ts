import { MAX_EXCHANGES, type AttemptClaim, type ClaimedAttempt } from '../../attempts/attempt.js';
import type { AttemptEnd } from '../../attempts/attempt-claim.repository.js';
import { ConnectionsError, PowensApiError, ruleOf } from '../../errors/index.js';

/** Times that an answer which may be wrong is asked for again before it is believed. */
const MAX_LOOKS = 6;

/**
 * What becomes of an attempt that an error interrupted.
 *
 * - `leave`: nobody can tell what is durable; the lease ends by itself, and whoever comes next looks first (RL-08)
 * - `release`: pending again, the same callback completes it
 * - `postpone`: claimed, the sweeper or a reload goes on; `unsent` when the exchange was certainly not processed
 * - `end`: over
 */
export type Verdict =
  | { readonly kind: 'leave' }
  | { readonly kind: 'release' }
  | { readonly kind: 'postpone'; readonly unsent: boolean }
  | { readonly kind: 'end'; readonly end: AttemptEnd };

/** What had been obtained before the error. */
export type Obtained = 'nothing' | 'kept' | 'exchanged';

/**
 * Decides what becomes of an attempt.
 *
 * @param recoverySeconds - how old an attempt is at most that is put off
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
      return mayGoOn(attempt, error, recoverySeconds) ? { kind: 'postpone', unsent: false } : ended(error);
    case 'nothing':
      return attempt.expectsCode ? ofExchange(attempt, error, recoverySeconds) : ofKept(error);
  }
}

/**
 * No code was involved: all that was asked of Powens were reads, and whatever a reload would complete stays pending, as where the
 * owner's token was revoked meanwhile and can be made anew (N39).
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
    // The first time for what it is; afterwards the exchange before may have used the code up.
    return claim.exchange <= 1 ? ended(error) : unknown('outcome_unknown');
  }
  if (error.failure.processed === 'no') {
    // Credentials, an address, something in between: it says nothing about the code.
    return ofUnsent(claim, error, isYoung);
  }
  return claim.exchange < MAX_EXCHANGES && isYoung
    ? { kind: 'postpone', unsent: false }
    : unknown(error.code);
}

/** The code was not sent, or certainly not processed: it is as good, or as doubtful, as before. */
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

/** The token is kept, and the attempt goes on while that can help. */
function mayGoOn({ claim }: Pick<ClaimedAttempt, 'claim'>, error: unknown, recoverySeconds: number): boolean {
  const { passes } = ruleOf(error);
  const looks = passes === 'perhaps' ? MAX_LOOKS : Infinity;
  return passes !== 'no' && claim.ageSeconds < recoverySeconds && claim.postponed < looks;
}

/** What Powens refuses today it may take tomorrow, and a bank was connected there: the person who did it can come back. */
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
