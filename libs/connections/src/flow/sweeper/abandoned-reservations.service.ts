import { Injectable, Logger } from '@nestjs/common';
import { ErasureRepository } from '../../custody/erasure.repository.js';

/** Hours before a reservation is abandoned; until then the owner's next start takes it over. */
const ABANDONED_AFTER_HOURS = 24;
const BATCH = 50;

/**
 * Ends reservations of Powens users whose process died and whose owner did not return.
 *
 * @see N37
 * @internal
 */
@Injectable()
export class AbandonedReservations {
  readonly #logger = new Logger('ConnectionsSweeper');

  constructor(private readonly erasures: ErasureRepository) {}

  /** Ends the reservations that are due. Only a count of each is kept, without data that identifies the owner. */
  async end(isStopped: () => boolean): Promise<void> {
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
}
