import { describe, expect, it } from 'vitest';
import { signWebhook } from './authentication/sign-webhook.js';
import { eventOfPath, POWENS_WEBHOOK_EVENTS } from '../events/powens-webhook-events.js';
import { registrationsAt } from './webhook-registrations.js';

describe(registrationsAt.name, () => {
  const listed = registrationsAt('https://app.example.com/connections/webhooks');

  it('should list every known event once, those that are used first', () => {
    expect(listed.map(({ event }) => event).sort()).toEqual([...POWENS_WEBHOOK_EVENTS].sort());
    expect(listed[0]).toEqual({
      event: 'CONNECTION_SYNCED',
      url: 'https://app.example.com/connections/webhooks/connection-synced',
      used: true,
    });
    expect(listed.map(({ used }) => used)).toEqual(
      [...listed.map(({ used }) => used)].sort((a, b) => +b - +a),
    );
  });

  it('should give URLs whose last segment leads back to the event', () => {
    for (const { event, url } of listed) expect(eventOfPath(url.split('/').at(-1) ?? '')).toBe(event);
  });
});

describe(signWebhook.name, () => {
  it('should sign as the vector that was computed elsewhere', () => {
    // Protocol notes, section 7.5: made up, computed by two independent implementations.
    expect(
      signWebhook({
        secret: 'wh_7dK2sQmZ1pTgVn4RbXcEoL8uYfAjHi35',
        path: '/powens/webhooks/connection-deleted',
        date: '2026-03-14T09:26:53.589793Z',
        body: '{"id": 1187, "id_user": 412, "id_connector": 40, "state": null, "id_webhook_data": 90211}',
      }),
    ).toBe('2Y2pmcTEQnbnVusjq6b3MJukPdRD3VsS79RhozUIJ6c=');
  });
});
