import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../attempts/attempt.js';
import { AttemptRepository, type AttemptEnd } from '../attempts/attempt.repository.js';
import { ConnectionsError, PowensApiError, type ConnectionsErrorCode } from '../errors/index.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { PowensClient } from '../powens/powens.client.js';
import type { AccessToken } from '../values/access-token.js';
import type { Grant } from './connect-flow.types.js';
import { DurableCommit } from './durable-commit.service.js';
import { FlowLog } from './flow-log.js';

/**
 * Ends what cannot be completed, and leaves nothing half done: no attempt without an end, no token that no row knows.
 *
 * @internal
 */
@Injectable()
export class FailureService {
  private readonly log = new FlowLog();

  constructor(
    private readonly attempts: AttemptRepository,
    private readonly durable: DurableCommit,
    private readonly outbox: OutboxService,
    private readonly powens: PowensClient,
  ) {}

  /**
   * Ends an attempt for an error.
   *
   * @param grant - what was obtained before the error, or null
   * @throws the error again when the attempt was given back, so that the same callback may be sent once more
   */
  async fail(attempt: ClaimedAttempt, grant: Grant | null, error: unknown): Promise<void> {
    if (error instanceof ConnectionsError && error.code === 'commit_outcome_unknown') {
      // The token may be the one that a durable row holds: revoking it would break a good connection (RL-08).
      this.log.fault(attempt.id, error);
      return;
    }
    if (mayComeBack(grant, error)) {
      await this.attempts.release(attempt.id);
      throw error;
    }
    if (grant?.kind === 'exchanged') {
      await this.revoke(attempt, grant.token);
    }
    await this.end(attempt, endOf(grant, error), error);
  }

  private async end(attempt: ClaimedAttempt, end: AttemptEnd, error: unknown): Promise<void> {
    if (error instanceof ConnectionsError) {
      this.log.ended(attempt.id, end.status, error);
    } else {
      this.log.fault(attempt.id, error);
    }
    await this.durable.run(attempt, (tx) => {
      this.attempts.end(attempt.id, end, tx);
      this.outbox.append(
        [
          {
            type: 'attempt.failed',
            ownerId: attempt.owner.id,
            tenant: attempt.owner.tenant,
            attemptId: attempt.id,
            connectionId: null,
            powensConnectionId: null,
            powensUserId: attempt.account?.powensUserId ?? null,
            data: { flow: attempt.flow, status: end.status, error: end.error },
          },
        ],
        tx,
      );
    });
  }

  /** A permanent token that nothing keeps would stay alive for years (RL-07). */
  private async revoke(attempt: ClaimedAttempt, token: AccessToken): Promise<void> {
    try {
      await this.powens.revokeToken(token);
      this.log.revoked(attempt.id, true);
    } catch {
      this.log.revoked(attempt.id, false);
    }
  }
}

/** Faults that pass, of Powens and of ours. */
const PASSING: readonly ConnectionsErrorCode[] = [
  'powens_unreachable',
  'powens_timeout',
  'powens_failed',
  'busy',
  'key_unavailable',
];

/**
 * Whether the same callback can still succeed: the code is untouched, because Powens certainly processed nothing, or
 * because there was none and only a read failed (RL-13).
 */
function mayComeBack(grant: Grant | null, error: unknown): boolean {
  if (!(error instanceof ConnectionsError)) {
    return false;
  }
  if (grant === null) {
    return error.code === 'powens_unreachable';
  }
  return grant.kind === 'kept' && PASSING.includes(error.code);
}

function endOf(grant: Grant | null, error: unknown): AttemptEnd {
  if (!(error instanceof ConnectionsError)) {
    return { status: 'failed', error: 'internal_error' };
  }
  if (error.code === 'access_denied' || error.code === 'tos_declined') {
    return { status: 'denied', error: error.code };
  }
  const exchanging =
    grant === null && error instanceof PowensApiError && error.failure.processed === 'unknown';
  return { status: exchanging ? 'unknown' : 'failed', error: error.code };
}
