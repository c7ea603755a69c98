import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../helpers/flow/browser.js';
import { HOSTS, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  completeAs,
  FRONT_ENDS,
  openedBy,
  TARGETS,
  type Opened,
  type StartedByApplication,
} from '../../helpers/host/application.js';
import { connectedOwner, expire, outbound, snapshot, sql } from '../../helpers/flow/observe.js';
import { connectionsOf } from '../../helpers/flow/lifecycle.js';
import { start, visitWebview } from '../../helpers/flow/person.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';

describe.each(HOSTS)('attacks on an attempt that the application completes, on %s', (adapter) => {
  let app: FlowApp;

  let back: Opened;

  useFlowApp({ adapter, options: FRONT_ENDS }, (opened) => {
    app = opened;
  });

  beforeAll(async () => {
    back = await openedBy(app, 'alice');
    await connectedOwner(app, 'mallory');
  });

  /** Refused, and nothing happened. */
  async function refused(
    send: () => Promise<Answer>,
    expected: readonly [number, string] = [400, 'callback_refused'],
  ): Promise<void> {
    const [rows, calls] = [await snapshot(app), outbound(app).length];
    const answer = await send();
    expect([answer.status, answer.json()['code']]).toEqual(expected);
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
  }

  it('should not connect the bank of a person who was sent to the webview of an attacker [A05]', async () => {
    const attacker = await openedBy(app, 'mallory-2');
    // The ticket is in the application of the victim, whose requests are signed in as the victim.
    const victim = app.browser('victim');
    await refused(async () => completeAs(victim, attacker), [404, 'not_found']);
    const own = await openedBy(app, 'victim');
    await refused(async () => completeAs(victim, { ...own, ticket: attacker.ticket }));
    expect(await connectionsOf(victim)).toEqual([]);
  });

  it('should be of no use to another application that took the ticket', async () => {
    expect((await completeAs(app.browser(null), back)).status).toBe(401);
    await refused(async () => completeAs(app.browser('mallory'), back), [404, 'not_found']);
  });

  it('should not complete without the binding of this very start', async () => {
    const other = await openedBy(app, 'alice');
    await refused(async () => completeAs(back.native, back, { binding: other.started.binding }));
    await refused(async () => completeAs(back.native, back, { binding: 'A'.repeat(43) }));
  });

  it.each([
    ['another attempt of this owner', async () => (await openedBy(app, 'alice')).ticket],
    ['a changed one', () => back.ticket.replace(/.{4}$/, 'AAAA')],
    ['a sealed value of another purpose', async () => sealedTokenOf('mallory')],
    ['no ticket at all', () => 'ticket'],
    [
      'sealed with a key that does not exist',
      () => back.ticket.replace(/^((?:[^.]*\.){2})[^.]*/, '$1nosuchkey'),
    ],
  ])('should refuse a ticket that is %s', async (_, of) => {
    const ticket = await of();
    await refused(async () => completeAs(back.native, back, { ticket }));
  });

  it.each([
    { ticket: '' },
    { ticket: 7 },
    { ticket: null },
    { binding: 'short' },
    { binding: ['x'] },
    { more: 1 },
  ])('should name what is wrong with a body that has %j', async (changed) => {
    const { attemptId, binding } = back.started;
    const path = `/connections/attempts/${attemptId}/complete`;
    const answer = await back.native.post(path, { ticket: back.ticket, binding, ...changed });
    expect(answer.status).toBe(400);
  });

  it('should find no attempt by what is no id', async () => {
    const answer = await back.native.post('/connections/attempts/7/complete', {
      ticket: back.ticket,
      binding: back.started.binding,
    });
    expect([answer.status, answer.json()['code']]).toEqual([404, 'not_found']);
  });

  it('should not go to an address that was edited in the database', async () => {
    const edited = await openedBy(app, 'alice');
    await sql(app, 'UPDATE powens_attempt SET return_to = $2 WHERE id = $1', [
      edited.started.attemptId,
      TARGETS.spa.url,
    ]);
    const answer = await app.browser(null).get(edited.callback);
    expect([answer.status, answer.json()['code'], answer.location]).toEqual([400, 'callback_refused', '']);
  });

  it('should refuse an attempt that has expired', async () => {
    const late = await openedBy(app, 'alice');
    await expire(app, late.started.attemptId);
    await refused(async () => completeAs(late.native, late));
  });

  it('should not pass on the callback of an attempt that its cookie completes', async () => {
    const browser = app.browser('walter');
    const started = await start(browser, { returnTo: 'web' });
    expect(started).not.toHaveProperty('binding');
    const callback = await visitWebview(app, started.url);
    const answer = await app.browser(null).get(callback);
    expect([answer.status, answer.json()['code']]).toEqual([400, 'callback_refused']);
    expect((await browser.get(callback)).location).toMatch(
      /^https:\/\/web\.example\.test\/banks\?attempt=[^&]+$/,
    );
  });

  it('should give an application a binding of its own, not the one of the cookie', async () => {
    const browser = app.browser('zoe');
    await start(browser);
    const [cookie] = browser.cookies.values();
    const { binding } = (await start(browser, { returnTo: 'spa' })) as StartedByApplication;
    expect(binding).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(binding).not.toBe(cookie);
  });

  it.skipIf(adapter.includes('own'))(
    'should start nothing by a link, which has no answer that could hold the binding',
    async () => {
      const rows = await snapshot(app);
      const answer = await app.browser('yann').get('/connections/connect?returnTo=ios');
      expect([answer.status, answer.json()['code']]).toEqual([400, 'return_to_refused']);
      expect(await snapshot(app)).toEqual(rows);
    },
  );

  async function sealedTokenOf(owner: string): Promise<string> {
    const [row] = await sql<{ sealed_token: string }>(
      app,
      'SELECT sealed_token FROM powens_user WHERE owner_id = $1',
      [owner],
    );
    return row?.sealed_token ?? '';
  }
});
