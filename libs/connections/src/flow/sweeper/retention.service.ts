import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RemovalRepository } from '../../connections/removal.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ErasureRepository } from '../../custody/erasure.repository.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { OutboxRepository } from '../../outbox/outbox.repository.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { ErasureService } from '../erasure/erasure.service.js';
import { loggerOf } from '../../options/registration/logger-of.js';

const BATCH = 50;

/** Hours before a reservation is abandoned; until then the owner's next start takes it over. */
const ABANDONED_AFTER_HOURS = 24;

const MESSAGE_DAYS = 30;
const MESSAGE_BATCH = 1000;

/**
 * Ends what is kept here for a while only. Sends nothing to Powens.
 *
 * @internal
 */
@Injectable()
export class Retention {
  readonly #logger: Logger;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly losses: LossRepository,
    private readonly removals: RemovalRepository,
    private readonly inbox: InboxRepository,
    private readonly outbox: OutboxRepository,
    private readonly erasures: ErasureRepository,
    private readonly erasure: ErasureService,
  ) {
    this.#logger = loggerOf('ConnectionsSweeper', options);
  }

  /**
   * Deletes losses of connections, users and tokens that are older than the retention. A tombstone of each connection stays.
   *
   * @param isStopped - checked before each
   */
  async endLosses(isStopped: () => boolean): Promise<void> {
    const { rememberDays } = this.options.losses;
    for (const userId of await this.losses.findForgotten(rememberDays, BATCH)) {
      if (isStopped()) {
        return;
      }
      await this.erasure.forget(userId);
    }
    await this.removals.clearDetails(BATCH);
    await this.losses.dropRefused(rememberDays);
    await this.losses.tidy(rememberDays);
    await this.inbox.releaseConfirmed();
  }

  /**
   * Ends reservations of Powens users whose process died and whose owner did not return. Only a count of each is kept, without
   * data that identifies the owner.
   *
   * @see N37
   */
  async endReservations(isStopped: () => boolean): Promise<void> {
    for (const abandoned of await this.erasures.findAbandoned(ABANDONED_AFTER_HOURS, BATCH)) {
      if (isStopped()) {
        return;
      }
      await this.erasures.loseReservation(abandoned, null);
      this.#logger.warn(
        `Reservation ${abandoned.userId} was never filled: Powens may have made a user that no row knows`,
      );
    }
  }

  /** Removes delivered events and dead letters. */
  async purgeEvents(): Promise<void> {
    await this.outbox.purge(MESSAGE_DAYS, MESSAGE_BATCH);
  }

  /** Removes old webhooks, and the bodies of older ones. */
  async purgeWebhooks(): Promise<void> {
    const body = this.options.webhooks?.bodyRetentionDays ?? MESSAGE_DAYS;
    await this.inbox.purge({ body, row: MESSAGE_DAYS }, MESSAGE_BATCH);
  }
}
