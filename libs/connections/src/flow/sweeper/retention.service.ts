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

/** Of all that has no option of its own. */
const DAYS = 30;
export const PURGE_BATCH = 1000;

/** Days for which messages are kept that have ended: events, webhooks, and the bodies of webhooks. */
export interface Retentions {
  readonly events: number;
  readonly webhooks: number;
  readonly bodies: number;
}

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

  /** Days for which each kind of rows is kept. */
  get days(): Retentions {
    return {
      events: DAYS,
      webhooks: DAYS,
      bodies: this.options.webhooks?.bodyRetentionDays ?? DAYS,
    };
  }

  /**
   * Removes one batch of what is older than its retention: delivered events and dead letters, or webhooks and the bodies of
   * newer ones.
   *
   * @returns how much was removed; 0 when there is no more
   */
  async purge(kind: 'events' | 'webhooks'): Promise<number> {
    const { events, webhooks, bodies } = this.days;
    return kind === 'events'
      ? this.outbox.purge(events, PURGE_BATCH)
      : this.inbox.purge({ body: bodies, row: webhooks }, PURGE_BATCH);
  }
}
