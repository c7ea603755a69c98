import { Inject, Injectable, type Logger } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { Loss, LossEvidence, LossSubject } from '../../custody/losses/loss.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { StatementPolicy } from '../../database/connections-database.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { EventTransaction, type Collect } from '../changes/event-transaction.js';
import { idsOf } from '../changes/event-ids.js';
import { revokedTokenNotice } from './revoked-token-notice.js';
import { loggerOf } from '../../options/registration/logger-of.js';

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
 * Decides, in one place, which answers of Powens take something out of use here. One answer is not enough: two checks at
 * different times must agree, and all replicas together stay below one daily limit. Two things count at once: a verified webhook about
 * one connection, and what is missing after the owner was in the webview. Sends nothing to Powens, and deletes nothing that Powens may
 * report again.
 *
 * @see docs/architecture.md
 * @internal
 */
@Injectable()
export class LossPolicy {
  readonly #logger: Logger;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly losses: LossRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly attempts: AttemptRepository,
    private readonly events: EventTransaction,
  ) {
    this.#logger = loggerOf('ConnectionsLosses', options);
  }

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
    return (await this.apply(loss)) ? 'applied' : 'suspected';
  }

  /**
   * Takes a connection out of use that Powens reports as deleted, in a transaction of the caller. The verified webhook is Powens'
   * statement about this one connection, so neither a second check nor a limit applies. A later read at Powens revives it.
   */
  deletionOf(local: StandingConnection, user: PowensUserState): Collect {
    const { rememberDays } = this.options.losses;
    return (tx, emit) => {
      if (local.status === 'gone') {
        this.changes.noteDeleted(local, tx);
        return;
      }
      this.changes.depart(local, { reason: 'deleted_at_powens', rememberDays }, tx);
      const ids = idsOf({ owner: local.owner, user }, local);
      emit({ ...ids, type: 'connection.deleted', data: { reason: 'gone_at_powens' } });
    };
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
      applied += (await this.apply(loss)) ? 1 : 0;
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

  /**
   * Applies a granted loss: takes a connection, user or token out of use here, in one transaction with the events.
   *
   * @returns false when its subject changed concurrently: then nothing was written
   */
  private async apply(loss: Loss): Promise<boolean> {
    const user = await this.losses.findUser(loss.userId);
    if (user === null) {
      return false;
    }
    try {
      await this.takeOutOfUse(loss, user);
    } catch (error) {
      if (error instanceof ConnectionsError && error.code === 'busy') {
        return false;
      }
      throw error;
    }
    this.#logger.warn(describe(loss, user));
    return true;
  }

  private async takeOutOfUse(loss: Loss, user: PowensUserState): Promise<void> {
    switch (loss.subject) {
      case 'connection':
        return this.loseConnection(loss, user);
      case 'user':
        return this.loseUser(loss, user);
      case 'token':
        return this.loseToken(loss, user);
    }
  }

  private async loseConnection(loss: Loss, user: PowensUserState): Promise<void> {
    const local = await this.changes.get(loss.subjectId);
    if (local === null) {
      throw new ConnectionsError('busy', 'The connection was changed meanwhile.');
    }
    const { rememberDays } = this.options.losses;
    const reason = 'gone_at_powens';
    await this.events.run((tx, emit) => {
      this.losses.apply(loss, tx);
      this.changes.depart(local, { reason, rememberDays }, tx);
      emit({ ...idsOf({ owner: user.owner, user }, local), type: 'connection.deleted', data: { reason } });
    });
  }

  private async loseUser(loss: Loss, user: PowensUserState): Promise<void> {
    const { owner } = user;
    await this.events.run((tx, emit) => {
      this.losses.apply(loss, tx);
      this.losses.lose(loss.userId, this.options.losses.rememberDays, tx);
      emit({ ...idsOf({ owner, user }), type: 'user.deleted', data: { reason: 'gone_at_powens' } });
    });
    // Attempts of the lost user cannot be completed. The owner starts a new one.
    await this.attempts.eraseOwner(owner, { abandon: false });
  }

  private async loseToken(loss: Loss, user: PowensUserState): Promise<void> {
    const kept = await this.changes.findAllOf(loss.userId);
    await this.events.run((tx, emit) => {
      this.losses.apply(loss, tx);
      this.losses.revokeRefused(loss.userId, loss.tokenDigest, tx);
      const events = kept.map((local) => ({
        ...idsOf({ owner: user.owner, user }, local),
        ...revokedTokenNotice(local),
      }));
      emit(...events);
    });
  }
}

function describe({ subject, subjectId, evidence }: Loss, { powensUserId }: PowensUserState): string {
  const what = {
    connection: `Connection ${subjectId} of Powens user ${powensUserId ?? ''} is gone at Powens`,
    user: `Powens user ${powensUserId ?? ''} is gone`,
    token: `Powens no longer takes the token of Powens user ${powensUserId ?? ''}: its owner must reconnect`,
  }[subject];
  return `${what} (${evidence}). It is out of use here, and comes back when Powens finds it again`;
}
