import { describe, expect, it } from 'vitest';
import type { AttemptClaim } from '../../attempts/attempt.js';
import { ConnectionsError, PowensApiError, type ConnectionsErrorCode } from '../../errors/index.js';
import { verdictOf, type Obtained, type Verdict } from './verdict.js';

const RECOVERY_SECONDS = 3600;
const RELEASE: Verdict = { kind: 'release' };
const LATER: Verdict = { kind: 'postpone', unsent: false };
const UNSENT: Verdict = { kind: 'postpone', unsent: true };
const ended = (status: 'denied' | 'failed' | 'unknown', error: string): Verdict => ({
  ...{ kind: 'end', end: { status, error } },
});

const ours = (code: ConnectionsErrorCode): Error => new ConnectionsError(code, 'made by a test');

function powens(
  code: ConstructorParameters<typeof PowensApiError>[0],
  processed: 'no' | 'unknown' = 'no',
  powensCode: string | null = 'invalidRequest',
): Error {
  const rest = { status: 400, description: null, requestId: null, retryAfterSeconds: null };
  const failure = { operation: 'POST /auth/token/access', processed, powensCode, ...rest };
  return new PowensApiError(code, failure);
}

interface Case {
  readonly obtained?: Obtained;
  readonly expectsCode?: boolean;
  readonly claim?: Partial<AttemptClaim>;
}

function decide(
  error: unknown,
  { obtained = 'nothing', expectsCode = true, claim = {} }: Case = {},
): Verdict {
  const full = { exchange: 1, postponed: 0, ageSeconds: 10, ...claim } as AttemptClaim;
  return verdictOf({ expectsCode, claim: full }, obtained, error, RECOVERY_SECONDS);
}

/** Just too old to be postponed once more. */
const OLD = { ageSeconds: RECOVERY_SECONDS };
const ALMOST_OLD = { ageSeconds: RECOVERY_SECONDS - 1 };

describe(verdictOf.name, () => {
  it.each(['nothing', 'kept', 'exchanged'] as const)(
    'should leave an attempt alone whose commit is in doubt, with %s obtained [RL-08]',
    (obtained) => {
      expect(decide(ours('commit_outcome_unknown'), { obtained, claim: OLD })).toEqual({ kind: 'leave' });
    },
  );

  describe('where no code is involved', () => {
    const cases: readonly (readonly [string, unknown, Verdict])[] = [
      ['a database that is away', ours('storage_failed'), RELEASE],
      ['a token that can be renewed', ours('not_connected'), RELEASE],
      ['a Powens that fails', powens('powens_failed', 'unknown'), RELEASE],
      ['a refusal of Powens', powens('powens_refused'), RELEASE],
      ['a refusal of a proxy', powens('powens_refused', 'no', null), RELEASE],
      ['an owner who said no', ours('access_denied'), ended('denied', 'access_denied')],
      ['an edited row', ours('token_tampered'), ended('failed', 'token_tampered')],
      ['a fault of this library', ours('internal_error'), ended('failed', 'internal_error')],
      ['another error', new TypeError('x is not a function'), ended('failed', 'internal_error')],
      [
        'a webview that came back without its code',
        ours('callback_incomplete'),
        ended('failed', 'callback_incomplete'),
      ],
    ];

    it.each(cases)(
      'should give the callback back for what a reload can complete, and end it otherwise: %s',
      (_, error, verdict) => {
        expect(decide(error, { expectsCode: false })).toEqual(verdict);
        expect(decide(error, { obtained: 'kept' })).toEqual(verdict);
        expect(decide(error, { obtained: 'kept', claim: { ...OLD, postponed: 9 } })).toEqual(verdict);
      },
    );
  });

  describe('once a token was exchanged', () => {
    const obtained = 'exchanged';

    it.each([
      ours('storage_failed'),
      powens('powens_failed', 'unknown'),
      powens('powens_refused', 'no', null),
    ])('should postpone what passes, until the attempt is too old: %s', (error) => {
      expect(decide(error, { obtained })).toEqual(LATER);
      expect(decide(error, { obtained, claim: { ...ALMOST_OLD, postponed: 1000 } })).toEqual(LATER);
      expect(decide(error, { obtained, claim: OLD })).toMatchObject({
        kind: 'end',
        end: { status: 'failed' },
      });
    });

    it.each([powens('powens_refused'), new TypeError('x is not a function')])(
      'should postpone what may be wrong six times, and then take it for an answer: %s',
      (error) => {
        expect(decide(error, { obtained, claim: { postponed: 5 } })).toEqual(LATER);
        expect(decide(error, { obtained, claim: { postponed: 6 } })).toMatchObject({ kind: 'end' });
        expect(decide(error, { obtained, claim: OLD })).toMatchObject({ kind: 'end' });
      },
    );

    it('should end what stays', () => {
      expect(decide(ours('owner_conflict'), { obtained })).toEqual(ended('failed', 'owner_conflict'));
    });
  });

  describe('before or during the exchange', () => {
    const UNREACHABLE = powens('powens_unreachable');
    const REFUSED = powens('powens_refused', 'no', null);
    const SILENT = powens('powens_timeout', 'unknown');
    const second = { exchange: 2 };

    it.each([ours('storage_failed'), UNREACHABLE, REFUSED])(
      'should give the callback back when its code was not sent, or certainly not processed: %s',
      (error) => {
        expect(decide(error)).toEqual(RELEASE);
        expect(decide(error, { claim: OLD })).toEqual(RELEASE);
        // It was sent before, or the sweeper has it already.
        expect(decide(error, { claim: { postponed: 1 } })).toEqual(UNSENT);
        expect(decide(error, { claim: second })).toEqual(UNSENT);
        expect(decide(error, { claim: { ...second, ...ALMOST_OLD } })).toEqual(UNSENT);
      },
    );

    it('should end an old attempt by what is known of its code', () => {
      expect(decide(UNREACHABLE, { claim: { ...OLD, postponed: 1 } })).toEqual(
        ended('failed', 'powens_unreachable'),
      );
      expect(decide(UNREACHABLE, { claim: { ...OLD, ...second } })).toEqual(
        ended('unknown', 'outcome_unknown'),
      );
    });

    it('should end what stays, whether the code was sent before or not', () => {
      for (const claim of [{}, second]) {
        expect(decide(ours('owner_already_connected'), { claim })).toEqual(
          ended('failed', 'owner_already_connected'),
        );
      }
      expect(decide(ours('callback_incomplete'))).toEqual(ended('failed', 'callback_incomplete'));
    });

    it('should take a refusal of the code for an answer the first time alone', () => {
      expect(decide(powens('code_refused'))).toEqual(ended('failed', 'code_refused'));
      expect(decide(powens('code_refused'), { claim: second })).toEqual(ended('unknown', 'outcome_unknown'));
    });

    it('should send a code once more whose answer was lost, while the attempt is young', () => {
      expect(decide(SILENT)).toEqual(LATER);
      expect(decide(SILENT, { claim: ALMOST_OLD })).toEqual(LATER);
      expect(decide(SILENT, { claim: OLD })).toEqual(ended('unknown', 'powens_timeout'));
      expect(decide(SILENT, { claim: second })).toEqual(ended('unknown', 'powens_timeout'));
    });

    it('should end unknown when the code may not be sent any more, whatever the error', () => {
      for (const error of [SILENT, UNREACHABLE, ours('storage_failed'), ours('outcome_unknown')]) {
        expect(decide(error, { claim: { exchange: 3 } })).toEqual(ended('unknown', 'outcome_unknown'));
      }
    });
  });
});
