import { describe, expect, it } from 'vitest';
import { eventOfPath, pathOfEvent, POWENS_WEBHOOK_EVENTS } from './powens-webhook-events.js';

describe(eventOfPath.name, () => {
  it.each(POWENS_WEBHOOK_EVENTS)('should find %s by its path', (event) => {
    expect(pathOfEvent(event)).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(eventOfPath(pathOfEvent(event))).toBe(event);
  });

  it.each(['connection-certificate-available', 'something', 'user-synced-again'])(
    'should take %s for an event of a later Powens',
    (segment) => {
      expect(eventOfPath(segment)).toBe('unknown');
    },
  );

  it.each([
    '',
    'CONNECTION-SYNCED',
    'connection_synced',
    'connection--synced',
    '-connection',
    'connection-',
    'connection synced',
    'connection-synced\n',
    'connection%2dsynced',
    '..',
    '__proto__',
    'constructor1',
    'é',
    'a'.repeat(33),
    Array.from({ length: 9 }, () => 'a').join('-'),
  ])('should know that nothing is called %j', (segment) => {
    expect(eventOfPath(segment)).toBeNull();
  });
});
