import { describe, expect, it } from 'vitest';
import { nearestOf } from './nearest.js';

const KNOWN = [
  'powens',
  'powens.clientId',
  'powens.clientSecret',
  'publicUrl',
  'keys',
  'webhooks',
  'outbox.relay',
  'outbox.pollIntervalMs',
  'webhooks.pollIntervalMs',
];

describe(nearestOf.name, () => {
  it.each([
    ['powens.cleintId', 'powens.clientId'],
    ['powens.client_secret', 'powens.clientSecret'],
    ['publicURL', 'publicUrl'],
    ['webhook', 'webhooks'],
    ['key', 'keys'],
    ['clientSecret', 'powens.clientSecret'],
    ['webhooks.polIntervalMs', 'webhooks.pollIntervalMs'],
    ['outbox.polIntervalMs', 'outbox.pollIntervalMs'],
  ])('should find that %s was to be %s', (path, meant) => {
    expect(nearestOf(path, KNOWN)).toBe(meant);
  });

  it.each(['colour', 'powens.colour', 'xy', 'outbox.clientld'])('should find nothing near %s', (path) => {
    expect(nearestOf(path, KNOWN)).toBeNull();
  });
});
