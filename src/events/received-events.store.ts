import { Injectable } from '@nestjs/common';
import type { ConnectionEvent } from 'nestjs-powens-connections';

/** Events kept of one user. */
export const EVENTS_PER_USER = 100;

/** Users kept; the one with the oldest last event is removed first, so that memory stays bounded. */
const USERS = 1_000;

/**
 * The last events that this process received, of each user. In memory, for display: a real host would do its work in
 * the handler and record in its database which event ids it has seen.
 */
@Injectable()
export class ReceivedEvents {
  private readonly byOwner = new Map<string, ConnectionEvent[]>();

  /** @returns false for a repeated event, recognised by its id: delivery is at least once */
  add(event: ConnectionEvent): boolean {
    const events = this.byOwner.get(event.ownerId) ?? [];
    if (events.some(({ id }) => id === event.id)) {
      return false;
    }
    // Set again, so that the map stays in the order of the last event.
    this.byOwner.delete(event.ownerId);
    this.byOwner.set(event.ownerId, [...events, event].slice(-EVENTS_PER_USER));
    this.forgetOldest();
    return true;
  }

  /** @returns the events of one user, newest last */
  of(ownerId: string): readonly ConnectionEvent[] {
    return this.byOwner.get(ownerId) ?? [];
  }

  private forgetOldest(): void {
    for (const ownerId of this.byOwner.keys()) {
      if (this.byOwner.size <= USERS) {
        return;
      }
      this.byOwner.delete(ownerId);
    }
  }
}
