import { Inject, Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { ConnectionsError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { DeadLetterRepository, type DeadLetter } from './dead-letter.repository.js';

export type { DeadLetter };

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Positions are `bigint`, from 1. */
const POSITION = /^[1-9]\d{0,17}$/;
const BEFORE_ALL = '0';

/**
 * A page of dead letters, in the order in which they were told.
 *
 * @public
 */
export interface DeadLetterPage {
  readonly items: readonly DeadLetter[];
  /** Opaque; give it back for the next page. Null on the last one. */
  readonly nextCursor: string | null;
}

/**
 * Events that no handler took. They stay in the outbox for 30 days: list them, repair the handler, then replay or
 * discard each. For operators: it sees the events of all owners, so no route of this module leads to it.
 *
 * @example
 * ```ts
 * for (const { event } of (await deadLetters.list()).items) {
 *   await deadLetters.replay(event.id);
 * }
 * ```
 * @see RL-23
 * @public
 */
@Injectable()
export class DeadLettersService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly letters: DeadLetterRepository,
  ) {}

  /**
   * Lists dead letters, the oldest first.
   *
   * @param page - `limit` from 1 to 200, 50 when absent; `cursor` of the page before
   * @throws ConnectionsError `invalid_request` for a limit or cursor that is not one
   */
  async list(page: { limit?: number; cursor?: string } = {}): Promise<DeadLetterPage> {
    const limit = page.limit ?? DEFAULT_LIMIT;
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      throw new ConnectionsError('invalid_request', `limit must be a whole number from 1 to ${MAX_LIMIT}.`);
    }
    const after = positionOf(page.cursor);
    const rows = await this.letters.findPage(this.options.instance, { after, limit: limit + 1 });
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(({ letter }) => letter),
      nextCursor: rows.length > limit && last !== undefined ? cursorAfter(last.position) : null,
    };
  }

  /**
   * Delivers a dead letter again, as if for the first time: it has all its deliveries before it, keeps its id, and goes
   * before whatever waits of the same connection. What was delivered of that connection meanwhile stays delivered.
   *
   * @param eventId - `event.id` of the dead letter
   * @throws ConnectionsError `not_found` when it is none, or somebody else replayed or discarded it
   */
  async replay(eventId: string): Promise<void> {
    if (!isUuid(eventId) || !(await this.letters.revive(this.options.instance, eventId))) {
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
    if (!isUuid(eventId) || !(await this.letters.remove(this.options.instance, eventId))) {
      throw notFound();
    }
  }
}

function cursorAfter(position: string): string {
  return Buffer.from(position, 'utf8').toString('base64url');
}

function positionOf(cursor: string | undefined): string {
  if (cursor === undefined) {
    return BEFORE_ALL;
  }
  const position = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!POSITION.test(position) || cursorAfter(position) !== cursor) {
    throw new ConnectionsError(
      'invalid_request',
      'The cursor is not one that this list gave out. Start without one.',
    );
  }
  return position;
}

function notFound(): ConnectionsError {
  return new ConnectionsError('not_found', 'There is no such dead letter.');
}
