import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { ConnectionsError } from '../errors/index.js';
import { readPage, type PageRequest } from '../values/page.js';
import { OutboxRepository, type DeadLetter, type PlacedLetter } from './outbox.repository.js';

export type { DeadLetter };

/** Positions are `bigint`, from 1. */
const POSITION = /^[1-9]\d{0,17}$/;
const BEFORE_ALL = '0';

/**
 * A page of dead letters, in the order in which they were appended.
 *
 * @public
 */
export interface DeadLetterPage {
  readonly items: readonly DeadLetter[];
  /** Opaque; pass it to read the next page. Null on the last one. */
  readonly nextCursor: string | null;
}

/**
 * Events whose deliveries all failed. They stay in the outbox for 30 days: list them, repair the handler, then replay or
 * discard each. For operators: it sees the events of all owners, so no route of this module exposes it.
 *
 * @example
 * ```ts
 * for (const { event } of (await deadLetters.list()).items) {
 *   await deadLetters.replay(event.id);
 * }
 * ```
 * @public
 */
@Injectable()
export class DeadLettersService {
  constructor(private readonly outbox: OutboxRepository) {}

  /**
   * Lists dead letters, the oldest first.
   *
   * @param page - `limit` from 1 to 200, 50 when absent; `cursor` of the page before
   * @throws ConnectionsError `invalid_request` for a limit or cursor that is not one
   */
  async list(page: PageRequest = {}): Promise<DeadLetterPage> {
    const { items, nextCursor } = await readPage<PlacedLetter>(page, {
      start: BEFORE_ALL,
      isKey: (text) => POSITION.test(text),
      keyOf: ({ position }) => position,
      find: async (after, limit) => this.outbox.findDeadLetters({ after, limit }),
    });
    return { items: items.map(({ letter }) => letter), nextCursor };
  }

  /**
   * Delivers a dead letter again, to the handlers that have not completed it: its deliveries are counted from zero, it keeps its id, and it
   * precedes all waiting events of the same connection. Events of that connection that were delivered meanwhile are not
   * delivered again.
   *
   * @param eventId - `event.id` of the dead letter
   * @throws ConnectionsError `not_found` when it is not a dead letter, or was already replayed or discarded
   */
  async replay(eventId: string): Promise<void> {
    if (!isUuid(eventId) || !(await this.outbox.reviveDeadLetter(eventId))) {
      throw notFound();
    }
  }

  /**
   * Removes a dead letter for good.
   *
   * @param eventId - `event.id` of the dead letter
   * @throws as {@link DeadLettersService.replay}
   */
  async discard(eventId: string): Promise<void> {
    if (!isUuid(eventId) || !(await this.outbox.removeDeadLetter(eventId))) {
      throw notFound();
    }
  }
}

function notFound(): ConnectionsError {
  return new ConnectionsError('not_found', 'There is no such dead letter.');
}
