import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttemptClaimRepository, AttemptEnd } from '../../attempts/attempt-claim.repository.js';
import { ABANDONED, type AttemptClaim, type ClaimedAttempt } from '../../attempts/attempt.js';
import { ConnectionsError, type ConnectionsErrorCode } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import type { EventTransaction } from '../changes/event-transaction.js';
import type { TokenAccessService } from '../exchange/token-access.service.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { refusal } from '../tokens/__support__/powens-user.js';
import type { TokenAudit } from '../tokens/token-audit.service.js';
import { FailAttempt } from './failure.service.js';

const EXCHANGED = { kind: 'exchanged', token: AccessToken.of('new'), isStored: true } as TokenAccess;
const KEPT = { kind: 'kept' } as TokenAccess;
const ours = (code: ConnectionsErrorCode): ConnectionsError => new ConnectionsError(code, 'made by a test');

function attemptOf(claim: Partial<AttemptClaim> = {}, expectsCode = true): ClaimedAttempt {
  return {
    ...{ id: 'attempt', owner: { id: 'ann', tenant: 'north' }, user: null, flow: 'connect', expectsCode },
    claim: { exchange: 1, postponed: 0, ageSeconds: 10, error: null, ...claim },
  } as ClaimedAttempt;
}

describe(FailAttempt.name, () => {
  let done: string[];
  let lease: 'held' | 'abandoned' | 'lost';
  let isHeld: boolean;
  let undone: Error | null;
  let commit: Error | null;
  let events: object[];
  const logged = (level: 'warn' | 'error'): string[] =>
    vi.mocked(Logger.prototype[level]).mock.calls.map(([text]) => String(text));

  beforeEach(() => {
    [done, lease, isHeld, undone, commit, events] = [[], 'held', true, null, null, []];
    for (const level of ['warn', 'error'] as const) {
      vi.spyOn(Logger.prototype, level).mockReturnValue(undefined);
    }
  });

  const note = async <T>(what: string, answer: T): Promise<T> => {
    done.push(what);
    return Promise.resolve(answer);
  };

  async function fail(attempt: ClaimedAttempt, access: TokenAccess | null, error: unknown): Promise<void> {
    const options = { lifecycle: { recoveryHours: 1 } } as ResolvedOptions;
    const claims = {
      findHeld: async () => Promise.resolve(lease),
      release: async () => note('release', isHeld),
      postpone: async (_: unknown, unsent: boolean) => note(unsent ? 'postpone unsent' : 'postpone', isHeld),
      remove: async () => note('remove', undefined),
      end: (_: unknown, { status, error: code, orphan }: AttemptEnd) =>
        done.push(`end ${status} ${code}${orphan === null ? '' : ` orphan ${orphan}`}`),
    } as unknown as AttemptClaimRepository;
    const tokenAccess = {
      handOver: async () => note('hand over', undefined),
      keep: async () => note('keep', EXCHANGED),
      compensate: async () => {
        done.push('undo');
        return undone === null ? Promise.resolve({ kind: 'gone' }) : Promise.reject(undone);
      },
    } as unknown as TokenAccessService;
    const transaction = {
      complete: async (_: unknown, collect: (tx: object, emit: (event: object) => void) => void) => {
        collect({}, (event) => events.push(event));
        return commit === null ? Promise.resolve() : Promise.reject(commit);
      },
    } as unknown as EventTransaction;
    return new FailAttempt(options, claims, tokenAccess, transaction, {
      note: () => undefined,
    } as unknown as TokenAudit).fail(attempt, access, error);
  }

  it('should give the callback back, and say why, where a reload can complete the attempt', async () => {
    const away = ours('storage_failed');
    await expect(fail(attemptOf(), null, away)).rejects.toBe(away);
    await expect(fail(attemptOf({}, false), KEPT, away)).rejects.toBe(away);
    expect(done).toEqual(['release', 'release']);
  });

  it('should hand over what it has when it lost its lease meanwhile, and say nothing', async () => {
    isHeld = false;
    await fail(attemptOf(), null, ours('storage_failed'));
    await fail(attemptOf(), EXCHANGED, ours('storage_failed'));
    expect(done).toEqual(['release', 'hand over', 'keep', 'postpone', 'hand over']);
  });

  it('should postpone with the token stored, if there is one', async () => {
    await fail(attemptOf({ postponed: 1 }), null, ours('storage_failed'));
    await fail(attemptOf(), EXCHANGED, ours('storage_failed'));
    expect(done).toEqual(['postpone unsent', 'keep', 'postpone']);
    expect(logged('warn')).toHaveLength(2);
  });

  it('should write nothing while a commit is in doubt [RL-08]', async () => {
    await fail(attemptOf(), EXCHANGED, ours('commit_outcome_unknown'));
    expect(done).toEqual([]);
    expect(logged('error')).toHaveLength(1);
  });

  it('should end with an event', async () => {
    await fail(attemptOf({}, false), KEPT, ours('access_denied'));
    expect(done).toEqual(['end denied access_denied']);
    expect(events).toEqual([
      expect.objectContaining({
        ...{
          type: 'attempt.failed',
          ownerId: 'ann',
          tenant: 'north',
          attemptId: 'attempt',
          connectionId: null,
        },
        data: { flow: 'connect', status: 'denied', error: 'access_denied' },
      }),
    ]);
    expect(logged('warn')).toEqual([expect.stringMatching(/^Attempt attempt ended denied/)]);
  });

  it('should end with a stack in the log after an error of another kind', async () => {
    await fail(attemptOf({ postponed: 6 }), EXCHANGED, new TypeError('x is not a function'));
    expect(done).toEqual(['undo', 'end failed internal_error']);
    expect(logged('error')).toHaveLength(1);
    expect(logged('warn')).toEqual([]);
  });

  it('should undo what was exchanged before it ends', async () => {
    await fail(attemptOf(), EXCHANGED, ours('owner_conflict'));
    expect(done).toEqual(['undo', 'end failed owner_conflict']);
  });

  it('should postpone an end whose undo can succeed later, while the attempt is young', async () => {
    undone = refusal(503, 'powens_failed', 'unknown');
    await fail(attemptOf({ ageSeconds: 3599 }), EXCHANGED, ours('owner_conflict'));
    expect(done).toEqual(['undo', 'keep', 'postpone']);
    done = [];
    await fail(attemptOf({ ageSeconds: 3600 }), EXCHANGED, ours('owner_conflict'));
    expect(done).toEqual(['undo', 'end failed owner_conflict orphan ?']);
  });

  it('should note a Powens user that is left for good', async () => {
    undone = refusal(400);
    await fail(attemptOf(), EXCHANGED, ours('owner_conflict'));
    expect(done).toEqual(['undo', 'end failed owner_conflict orphan ?']);
    expect(logged('error')).toEqual([expect.stringContaining('may be left behind') as string]);
  });

  it('should hand over when the end was refused because another process has the attempt', async () => {
    commit = ours('busy');
    await fail(attemptOf(), EXCHANGED, ours('owner_conflict'));
    expect(done).toEqual(['undo', 'end failed owner_conflict', 'hand over']);
    expect(logged('warn')).toEqual([]);
  });

  it('should pass on another refusal of the end', async () => {
    commit = ours('storage_failed');
    await expect(fail(attemptOf(), EXCHANGED, ours('owner_conflict'))).rejects.toBe(commit);
  });

  describe('after an error that may come from a lost lease', () => {
    const busy = ours('busy');

    it('should hand over when it is lost', async () => {
      lease = 'lost';
      await fail(attemptOf(), EXCHANGED, busy);
      expect(done).toEqual(['hand over']);
    });

    it('should not ask about the lease after another error', async () => {
      lease = 'lost';
      await fail(attemptOf(), EXCHANGED, ours('owner_conflict'));
      expect(done).toEqual(['undo', 'end failed owner_conflict']);
    });

    it('should postpone when it is held', async () => {
      await fail(attemptOf(), EXCHANGED, busy);
      expect(done).toEqual(['keep', 'postpone']);
    });

    it('should undo and remove the attempt of an owner who was erased meanwhile [N24]', async () => {
      lease = 'abandoned';
      await fail(attemptOf(), EXCHANGED, busy);
      expect(done).toEqual(['undo', 'remove']);
      expect(events).toEqual([]);
    });

    it('should postpone the attempt of an owner who was erased, while it is known already', async () => {
      lease = 'abandoned';
      await fail(attemptOf({ error: ABANDONED }), EXCHANGED, busy);
      expect(done).toEqual(['keep', 'postpone']);
    });
  });
});
