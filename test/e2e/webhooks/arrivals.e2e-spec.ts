import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { admin, connected, connectionsOf, eventOf } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxOf, pushTo, settled } from '../../helpers/webhooks/pushed.js';
import { closeTab, isAtPowens, runOut, toldOf } from '../../helpers/flow/quarantine.js';

const GRACE_SECONDS = 30;

/** Types that a host is told of a connection that it may count on. */
const created = (types: readonly string[]): number =>
  types.filter((type) => type === 'connection.created').length;

describe.each(['webview-first', 'server-first'] as const)(
  'a connection and its webhooks, %s',
  (provisioning) => {
    const { secret, options } = hmacWebhooks();
    let app: FlowApp;

    beforeAll(async () => {
      app = await startFlowApp({
        options: {
          ...options,
          provisioning,
          lifecycle: { unconfirmedGraceSeconds: GRACE_SECONDS, sweepIntervalMs: 200 },
        },
      });
      pushTo(app, secret);
    });

    afterAll(async () => {
      await app.close();
    });

    /** Every webhook that arrived so far counts as older than the time that a callback is waited for. */
    async function graceIsOver(): Promise<void> {
      await sql(
        app,
        `UPDATE powens_inbox SET received_at = received_at - interval '1 hour', available_at = now() WHERE status = 'pending'`,
      );
    }

    it('should be told once when the webhooks come before the callback [W13, WH-08]', async () => {
      const { browser } = await connected(app, 'before');
      await settled(app);
      const { callback, powensConnectionId } = await closeTab(app, browser);
      await app.sandbox.webhooks.idle();
      expect((await inboxOf(app)).map(({ status }) => status)).toContain('pending');
      expect(toldOf([app], powensConnectionId)).toEqual([]);

      expect((await browser.get(callback)).status).toBe(303);
      await settled(app);
      await eventOf(app, 'before', 'account.synced');
      const types = toldOf([app], powensConnectionId);
      expect(created(types)).toBe(1);
      expect(types[0]).toBe('connection.created');
      expect(types).not.toContain('connection.unconfirmed');
      expect(types).toContain('account.found');
    });

    it('should be told once when the webhooks come after the callback', async () => {
      await admin(app, 'webhooks/settings', { paused: true });
      const { connection } = await connected(app, 'after');
      expect(
        toldOf([app], connection.powensConnectionId).filter((type) => type !== 'connection.created'),
      ).toEqual([]);
      await admin(app, 'webhooks/settings', { paused: false });
      await settled(app);
      await until(() => toldOf([app], connection.powensConnectionId).includes('account.found'));
      const types = toldOf([app], connection.powensConnectionId);
      expect([created(types), types.includes('connection.unconfirmed')]).toEqual([1, false]);
    });

    it('should work as well when no webhook ever comes', async () => {
      await admin(app, 'webhooks/settings', { paused: true });
      const { browser, connection } = await connected(app, 'never');
      await eventOf(app, 'never', 'connection.created');
      expect(await connectionsOf(browser)).toMatchObject([{ id: connection.id }]);
      await admin(app, 'webhooks/settings', { paused: false });
      await settled(app);
    });

    it('should be quarantined when the tab is closed, and be confirmed by the callback when it is opened again [OA-31]', async () => {
      const { browser } = await connected(app, 'closed');
      await settled(app);
      const { callback, powensConnectionId } = await closeTab(app, browser);
      await app.sandbox.webhooks.idle();
      await graceIsOver();
      const unconfirmed = await eventOf(app, 'closed', 'connection.unconfirmed');
      expect(unconfirmed).toMatchObject({ powensConnectionId, attemptId: null });
      await settled(app);
      expect(await connectionsOf(browser)).toHaveLength(1);
      expect(toldOf([app], powensConnectionId)).toEqual(['connection.unconfirmed']);

      expect((await browser.get(callback)).status).toBe(303);
      await until(() => toldOf([app], powensConnectionId).length > 1);
      // What waited for the confirmation comes after it, in its order.
      await until(() => toldOf([app], powensConnectionId).includes('account.found'));
      expect(toldOf([app], powensConnectionId).slice(0, 2)).toEqual([
        'connection.unconfirmed',
        'connection.created',
      ]);
      expect((await connectionsOf(browser)).map(({ id }) => id)).toContain(unconfirmed.connectionId);
    });

    it('should not come to the owner of a forwarded link, and be removed at Powens in the end [OA-31, A05]', async () => {
      const { browser } = await connected(app, 'attacker');
      await settled(app);
      // The victim opens the attacker's link, connects a bank, and comes back in a browser of their own.
      const { callback, powensConnectionId } = await closeTab(app, browser);
      expect((await app.browser('victim').get(callback)).status).toBe(400);
      await app.sandbox.webhooks.idle();
      await graceIsOver();
      const { connectionId } = await eventOf(app, 'attacker', 'connection.unconfirmed');
      expect((await browser.get(`/connections/${connectionId ?? ''}`)).status).toBe(404);

      await runOut(app, connectionId ?? '');
      await until(() => !isAtPowens(app, powensConnectionId));
      await until(() => toldOf([app], powensConnectionId).includes('connection.deleted'));
      await settled(app);
      expect(toldOf([app], powensConnectionId)).toEqual(['connection.unconfirmed', 'connection.deleted']);
    });

    it('should leave nothing when the first tab ever is closed', async () => {
      const before = await inboxOf(app);
      const browser = app.browser('first');
      const { powensConnectionId } = await closeTab(app, browser);
      await app.sandbox.webhooks.idle();
      await graceIsOver();
      if (provisioning === 'webview-first') {
        // Powens withholds the webhooks of a temporary user, and forgets it after half an hour.
        expect(await inboxOf(app)).toEqual(before);
        expect(toldOf([app], powensConnectionId)).toEqual([]);
      } else {
        await until(() => toldOf([app], powensConnectionId).includes('connection.unconfirmed'));
      }
      expect(await connectionsOf(browser)).toEqual([]);
    });
  },
);

describe('a handler that always fails', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;
  let poison = '';

  beforeAll(async () => {
    app = await startFlowApp({
      options,
      onEvent: (event) => {
        if (event.type === 'account.found' && event.ownerId === 'owner-0') {
          poison = event.id;
          throw new Error('never');
        }
      },
    });
    pushTo(app, secret);
  });

  afterAll(async () => {
    await app.close();
  });

  it('should hold up neither others nor the sender: every webhook is acknowledged [W12, WH-07]', async () => {
    const owners = Array.from({ length: 8 }, (_, index) => `owner-${index}`);
    for (const owner of owners) {
      await connect(app, app.browser(owner));
    }
    await settled(app);
    for (const owner of owners.slice(1)) {
      await eventOf(app, owner, 'account.synced');
    }
    expect(poison).not.toBe('');
    const log = app.sandbox.webhooks.log();
    expect(log.length).toBeGreaterThan(50);
    expect(log.filter(({ acknowledged }) => !acknowledged)).toEqual([]);
  });
});
