import { Inject, Injectable, Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { Loss, LossEvidence, LossSubject } from '../../custody/losses/loss.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { StatementPolicy } from '../../database/connections-database.js';
import { PowensApiError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { LossApplication } from './loss-application.service.js';

/**
 * Result of a check that did not find its subject: `suspected` waits for a second check, `held` waits for a person's approval,
 * `applied` is out of use here.
 */
export type LossVerdict = 'suspected' | 'held' | 'applied';

/** A subject that Powens did not find. */
export interface NotFound {
  readonly subject: LossSubject;
  /** Id here of the connection; of the Powens user's row for a user or a token. */
  readonly subjectId: string;
  readonly userId: string;
  readonly evidence: LossEvidence;
  /**
   * Whether the owner just returned from a page where it could be deleted: then no second check is needed. The limit
   * applies.
   *
   * @defaultValue false
   */
  readonly ownerWasPresent?: boolean;
}

/** Largest number of losses in one list. */
const MAX_LISTED = 1000;

/**
 * Decides, in one place, which answers of Powens take something out of use here. One answer is never enough: two checks at
 * different times must agree, and all replicas together stay below one daily limit. A loss never deletes anything at Powens.
 *
 * @see docs/architecture.md
 * @internal
 */
@Injectable()
export class LossPolicy {
  readonly #logger = new Logger('ConnectionsLosses');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly losses: LossRepository,
    private readonly application: LossApplication,
  ) {}

  /** Seconds after the first check from which a second one counts. */
  get confirmAfterSeconds(): number {
    return Math.ceil(this.options.losses.confirmAfterHours * 3600);
  }

  /**
   * Records a check that did not find its subject, and takes the subject out of use when an earlier check agrees and the limit
   * allows it.
   *
   * @throws StorageError
   */
  async notFound(missing: NotFound): Promise<LossVerdict> {
    const { losses: options } = this.options;
    const noted = await this.losses.note(missing, options.confirmAfterHours);
    if (noted === null || !(noted.isConfirmed || missing.ownerWasPresent === true)) {
      return 'suspected';
    }
    const { loss } = noted;
    const granted = loss.status === 'granted' ? { status: loss.status } : await this.grant(loss);
    if (granted?.status !== 'granted') {
      return granted === null ? 'suspected' : 'held';
    }
    return (await this.application.apply(loss)) ? 'applied' : 'suspected';
  }

  /** Closes the recorded losses of subjects that Powens found. Takes ids of connections and of rows of Powens users. */
  async found(subjectIds: readonly string[]): Promise<void> {
    await this.losses.contradict(subjectIds);
  }

  /** Closes the recorded losses of a Powens user and its token, since both work, and reactivates a user that was out of use. */
  async foundUser(
    { userId, status }: Pick<PowensUserState, 'userId' | 'status'>,
    sealedToken: string,
  ): Promise<void> {
    if (status !== 'active' && (await this.losses.revive(userId, sealedToken))) {
      this.#logger.log(`The Powens user of row ${userId} is found again, and in use again`);
    }
    await this.found([userId]);
  }

  /** Finds the open losses of a Powens user, its token and its connections. */
  async openOf(userId: string): Promise<readonly Loss[]> {
    return this.losses.findOpenOf(userId);
  }

  /** Lists the open losses, oldest first, the first 1000. */
  async list(): Promise<readonly Loss[]> {
    return this.losses.findOpen(MAX_LISTED);
  }

  /** Counts the losses that wait for a second check, and those held back. */
  async count(policy: StatementPolicy = {}): Promise<{ readonly suspected: number; readonly held: number }> {
    return this.losses.count(policy);
  }

  /**
   * Applies the losses that were held back and that a person approved.
   *
   * @returns how many were applied
   */
  async approve(ids: readonly string[] | null): Promise<number> {
    let applied = 0;
    for (const loss of await this.losses.approve(ids)) {
      applied += (await this.application.apply(loss)) ? 1 : 0;
    }
    return applied;
  }

  private async grant(loss: Loss): Promise<{ readonly status: 'granted' | 'held' } | null> {
    const granted = await this.losses.grant(loss.id, this.options.losses);
    if (granted?.isFirstHeld === true) {
      this.#logger.error(
        'More connections seem to be gone at Powens than options losses.maxPerDay and losses.maxPercentPerDay allow within a day: ' +
          'nothing more is taken out of use here. Check powens.domain and powens.apiUrl, then look at ' +
          'ReconciliationService.listLosses(), and call approveLosses() if it is true',
      );
    }
    return granted;
  }
}

/**
 * Whether Powens itself answered with one of these statuses. An answer without an error code of Powens comes from an
 * intermediary, which may answer every request with the same status.
 */
export function isOwnAnswer(error: unknown, statuses: readonly number[]): error is PowensApiError {
  return (
    error instanceof PowensApiError &&
    statuses.includes(error.failure.status ?? 0) &&
    error.failure.powensCode !== null
  );
}
