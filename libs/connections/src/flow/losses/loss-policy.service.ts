import { Inject, Injectable, Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { Loss, LossEvidence, LossSubject } from '../../custody/losses/loss.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { StatementPolicy } from '../../database/connections-database.js';
import { LostUserRepository } from '../../custody/losses/lost-user.repository.js';
import { PowensApiError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { LossApplication } from './loss-application.service.js';

/**
 * What became of a look that did not find something: `suspected` waits for the second look, `held` for a person's approval,
 * `applied` is out of use here.
 */
export type LossVerdict = 'suspected' | 'held' | 'applied';

/** Something that was looked for at Powens and not found. */
export interface NotFound {
  readonly subject: LossSubject;
  /** Id here of the connection; of the Powens user's row for a user or a token. */
  readonly subjectId: string;
  readonly userId: string;
  readonly evidence: LossEvidence;
  /**
   * Whether the owner just came back from a page where it could be deleted: then the second look need not lie apart. The limit
   * applies.
   *
   * @defaultValue false
   */
  readonly ownerWasThere?: boolean;
}

/** Losses that are noted at once. */
const MAX_LISTED = 1000;

/**
 * The one place that decides what an answer of Powens may take away here. An answer alone takes nothing away: two looks that lie
 * apart must agree, and all replicas together stay below one limit a day. At Powens, a loss never deletes anything.
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
    private readonly lost: LostUserRepository,
    private readonly application: LossApplication,
  ) {}

  /** Seconds after the first look at which the second one counts. */
  get confirmAfterSeconds(): number {
    return Math.ceil(this.options.losses.confirmAfterHours * 3600);
  }

  /**
   * Notes a look that did not find something, and takes it out of use when an earlier look agrees and the limit allows it.
   *
   * @throws StorageError
   */
  async notFound(looked: NotFound): Promise<LossVerdict> {
    const { losses: options } = this.options;
    const noted = await this.losses.note(looked, options.confirmAfterHours);
    if (noted === null || !(noted.isConfirmed || looked.ownerWasThere === true)) {
      return 'suspected';
    }
    const { loss } = noted;
    const granted = loss.status === 'granted' ? { status: loss.status } : await this.grant(loss);
    if (granted?.status !== 'granted') {
      return granted === null ? 'suspected' : 'held';
    }
    return (await this.application.apply(loss)) ? 'applied' : 'suspected';
  }

  /** Ends what is noted of things that Powens found: ids here of connections and Powens users. */
  async found(subjectIds: readonly string[]): Promise<void> {
    await this.losses.contradict(subjectIds);
  }

  /** Ends what is noted of a Powens user and its token, since both work, and takes it into use again where it was not. */
  async foundUser(
    { userId, status }: Pick<PowensUserState, 'userId' | 'status'>,
    sealedToken: string,
  ): Promise<void> {
    if (status !== 'active' && (await this.lost.revive(userId, sealedToken))) {
      this.#logger.log(`The Powens user of row ${userId} is found again, and in use again`);
    }
    await this.found([userId]);
  }

  /** What is noted of a Powens user, its token and its connections, and not over. */
  async openOf(userId: string): Promise<readonly Loss[]> {
    return this.losses.findOpenOf(userId);
  }

  /** Lists what is noted and not over, oldest first, the first 1000. */
  async list(): Promise<readonly Loss[]> {
    return this.losses.findOpen(MAX_LISTED);
  }

  /** Counts what waits for a second look, and what is held back. */
  async count(policy: StatementPolicy = {}): Promise<{ readonly suspected: number; readonly held: number }> {
    return this.losses.count(policy);
  }

  /**
   * Applies what was held back, since a person looked at it.
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
 * Whether Powens itself answered with one of these statuses. An answer without an error code of Powens comes from something in
 * between, which may answer the same status to everything.
 */
export function isOwnAnswer(error: unknown, statuses: readonly number[]): error is PowensApiError {
  return (
    error instanceof PowensApiError &&
    statuses.includes(error.failure.status ?? 0) &&
    error.failure.powensCode !== null
  );
}
