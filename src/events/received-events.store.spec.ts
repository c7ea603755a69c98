import { describe, expect, it } from 'vitest';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import { EVENTS_PER_USER, ReceivedEvents } from './received-events.store.js';

function event(id: number | string, ownerId = 'alice'): ConnectionEvent {
  return {
    id: String(id),
    type: 'connection.synced',
    version: 1,
    occurredAt: '2026-01-31T09:00:00.000Z',
    instance: 'default',
    ownerId,
    tenant: '',
    attemptId: null,
    connectionId: null,
    powensConnectionId: null,
    powensUserId: null,
    data: { lastSyncedAt: null, state: null, webhookId: null },
  };
}

function idsOf(events: readonly ConnectionEvent[]): string[] {
  return events.map(({ id }) => id);
}

describe(ReceivedEvents.name, () => {
  it('should show a user his own events only, newest last', () => {
    const received = new ReceivedEvents();
    [event('1'), event('2', 'bob'), event('3')].forEach((one) => received.add(one));

    expect(idsOf(received.of('alice'))).toEqual(['1', '3']);
    expect(idsOf(received.of('bob'))).toEqual(['2']);
    expect(received.of('carol')).toEqual([]);
  });

  it('should keep an event that is delivered twice once', () => {
    const received = new ReceivedEvents();

    expect(received.add(event('1'))).toBe(true);
    expect(received.add(event('1'))).toBe(false);
    expect(idsOf(received.of('alice'))).toEqual(['1']);
  });

  it('should keep the last events of a user', () => {
    const received = new ReceivedEvents();
    Array.from({ length: EVENTS_PER_USER + 5 }, (_, at) => received.add(event(at)));

    expect(idsOf(received.of('alice'))).toHaveLength(EVENTS_PER_USER);
    expect(idsOf(received.of('alice'))[0]).toBe('5');
    expect(idsOf(received.of('alice')).at(-1)).toBe(String(EVENTS_PER_USER + 4));
  });

  it('should forget the user who waited longest for an event', () => {
    const received = new ReceivedEvents();
    received.add(event('first', 'quiet'));
    received.add(event('first', 'busy'));
    Array.from({ length: 998 }, (_, at) => received.add(event(at, `user-${at}`)));
    received.add(event('second', 'busy'));
    received.add(event('one more', 'new'));

    expect(received.of('quiet')).toEqual([]);
    expect(received.of('busy')).toHaveLength(2);
    expect(received.of('new')).toHaveLength(1);
  });
});
