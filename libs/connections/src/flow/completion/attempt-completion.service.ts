import { Inject, Injectable, type Logger } from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import { ABANDONED, type ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { describeError } from '../../errors/index.js';
import { attemptLeaseSeconds } from '../../options/resolve/call-time.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { inSpan } from '../../telemetry/spans.js';
import { annotate } from '../../telemetry/span-attributes.js';
import type { Owner } from '../../values/owner.js';
import type { VerifiedCode } from '../../values/webview-callback.js';
import { withHeartbeat } from '../../background/heartbeat.js';
import { FlowLog } from '../exchange/flow-log.js';
import { TokenAccessService, ownerAlreadyConnected } from '../exchange/token-access.service.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { ConnectCompletionService } from './connect-completion.service.js';
import { FailAttempt, ownerErased, recordEnd } from './failure.service.js';
import { RepairCompletionService } from './repair-completion.service.js';
import { withLogFields } from '../../options/registration/log-context.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Attempts that one process completes at the same time: a few, so that a slow provider holds up few of them. */
const CONCURRENCY = 4;

/** Attempts per round: the next round, or another replica, takes the rest. */
const MAX_PER_ROUND = 200;

/** Days for which attempts are kept that have ended. */
export const RETENTION_DAYS = 30;
const BATCH = 1000;

/**
 * Completes claimed attempts: immediately after the callback; or later from the data stored with the claim, on any replica, when the
 * process died or the completion was postponed (RL-04).
 *
 * @internal
 */
@Injectable()
export class AttemptCompletion {
  @Inject(TokenAudit) private readonly audit!: TokenAudit;

  readonly #logger: Logger;
  readonly #log: FlowLog;
  #round: Promise<void> | null = null;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly attempts: AttemptRepository,
    private readonly claims: AttemptClaimRepository,
    private readonly tokenAccess: TokenAccessService,
    private readonly completion: ConnectCompletionService,
    private readonly repair: RepairCompletionService,
    private readonly failure: FailAttempt,
  ) {
    this.#logger = loggerOf('ConnectionsSweeper', options);
    this.#log = new FlowLog(options);
  }

  /**
   * Completes, ends, releases or postpones an attempt.
   *
   * @param code - of the callback, while it is in memory
   * @returns whether it is connected
   * @throws the error when the attempt was released, so that the same callback may be sent again
   */
  async run(attempt: ClaimedAttempt, code: VerifiedCode | null = null): Promise<boolean> {
    const seconds = this.leaseSeconds;
    const extend = async (): Promise<boolean> => this.claims.extend(attempt, seconds);
    const complete = async (): Promise<boolean> => {
      annotate('powens.attempt.id', attempt.id);
      annotate('powens.flow', attempt.flow);
      annotate('powens.instance', this.options.instance);
      return withHeartbeat(seconds, extend, async () => this.complete(attempt, code));
    };
    return withLogFields(this.options, { attemptId: attempt.id }, async () =>
      inSpan('powens.completion', complete, attempt.traceParent),
    );
  }

  private async complete(attempt: ClaimedAttempt, code: VerifiedCode | null): Promise<boolean> {
    let access: TokenAccess | null = null;
    try {
      access = await this.tokenAccess.obtain(attempt, code);
      access = await this.tokenAccess.keep(attempt, access);
      refuse(attempt, access);
      const connectionIds =
        attempt.flow === 'connect' || access.kind === 'exchanged'
          ? await this.completion.connect(attempt, access)
          : await this.repair.connect(attempt, access);
      this.#log.connected(attempt.id, connectionIds);
      this.record(attempt, connectionIds, code === null);
      annotate('powens.connection.ids', connectionIds.join(' '));
      recordEnd(attempt, 'connected');
      return true;
    } catch (error) {
      await this.failure.fail(attempt, access, error);
      return false;
    }
  }

  /** One entry for each connection; one without any where nothing was added or changed. */
  private record(
    { owner, flow }: ClaimedAttempt,
    connectionIds: readonly string[],
    isResumed: boolean,
  ): void {
    const initiator = isResumed ? 'background' : 'application';
    for (const connectionId of connectionIds.length === 0 ? [null] : connectionIds) {
      this.audit.note(owner, `connection.${flow}`, 'ok', { connectionId, initiator });
    }
  }

  /** Starts a round in the background, unless one is running: a slow provider must not hold up the rest of the sweep. */
  begin(isStopped: () => boolean): void {
    this.#round ??= this.round(isStopped)
      .catch((error: unknown) => {
        const text = describeError(error);
        this.#logger.error(`The search for interrupted callbacks failed: ${text}`);
      })
      .finally(() => {
        this.#round = null;
      });
  }

  /** Waits for the running round. */
  async idle(): Promise<void> {
    await this.#round;
  }

  /** Removes attempts that ended before the retention period, in batches until none is left (N26). */
  async purge(isStopped: () => boolean): Promise<void> {
    let removed = BATCH;
    while (removed === BATCH && !isStopped()) {
      removed = await this.attempts.purge(RETENTION_DAYS, BATCH);
    }
  }

  /**
   * Removes the attempts of an owner who is erased, and undoes what they obtained at Powens. A failed undo is retried later; the
   * attempt connects nothing in the meantime.
   */
  async eraseOwner(owner: Owner): Promise<void> {
    await this.attempts.eraseOwner(owner, { abandon: true });
    const claim = async (): Promise<ClaimedAttempt | null> => this.claims.claimAbandoned(owner, this.lease());
    for (let attempt = await claim(); attempt !== null; attempt = await claim()) {
      await this.resume(attempt);
    }
  }

  /** Removes only the attempts that obtained nothing at Powens, for callers that must not change anything there. */
  async eraseIdle(owner: Owner): Promise<void> {
    await this.attempts.eraseOwner(owner, { abandon: false });
  }

  /** As {@link AttemptCompletion.eraseOwner}, in the transaction that ends an erasure: new attempts may have been started meanwhile (N24). */
  eraseOwnerIn(owner: Owner, tx: Transaction, how: { readonly abandon: boolean }): void {
    this.attempts.eraseOwnerIn(owner, { tx, ...how });
  }

  private async round(isStopped: () => boolean): Promise<void> {
    let left = MAX_PER_ROUND;
    const worker = async (): Promise<void> => {
      while (!isStopped() && left > 0) {
        left -= 1;
        const attempt = await this.claims.claimDue(this.lease());
        if (attempt === null) {
          return;
        }
        await this.resume(attempt);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  }

  private async resume(attempt: ClaimedAttempt): Promise<void> {
    try {
      await this.run(attempt);
    } catch (error) {
      // Released for the browser, or the database is unavailable: a callback or a later round retries.
      const text = describeError(error);
      this.#logger.warn(`Attempt ${attempt.id} could not be completed now: ${text}`);
    }
  }

  private lease(): { leaseToken: string; leaseSeconds: number } {
    return { leaseToken: uuidv4(), leaseSeconds: this.leaseSeconds };
  }

  private get leaseSeconds(): number {
    return attemptLeaseSeconds(this.options.powens);
  }
}

/** Refuses a token that was exchanged only because the outcome of an earlier exchange was unknown, and that cannot be stored. */
function refuse({ user, claim }: ClaimedAttempt, access: TokenAccess): void {
  if (claim.error === ABANDONED) {
    throw ownerErased();
  }
  if (access.kind === 'exchanged' && user !== null) {
    // Another tab completed first.
    throw ownerAlreadyConnected();
  }
}
