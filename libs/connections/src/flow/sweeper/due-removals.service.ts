import { Injectable } from '@nestjs/common';
import { LossRetention } from './loss-retention.service.js';
import { UnconfirmedRemoval } from '../quarantine/unconfirmed-removal.service.js';
import { AbandonedReservations } from './abandoned-reservations.service.js';

/**
 * The removals that the sweeper runs when their time is over.
 *
 * @internal
 */
@Injectable()
export class DueRemovals {
  constructor(
    readonly unconfirmed: UnconfirmedRemoval,
    readonly lost: LossRetention,
    readonly reservations: AbandonedReservations,
  ) {}
}
