import { describe, expect, it } from 'vitest';
import { HOSTS, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  completeAs,
  FRONT_ENDS,
  openedBy,
  ticketOf,
  type StartedByApplication,
} from '../../helpers/host/application.js';
import {
  attemptOf,
  clearFaults,
  exchanges,
  outbound,
  plant,
  snapshot,
  without,
  EXCHANGE,
} from '../../helpers/flow/observe.js';
import { connectionsOf } from '../../helpers/flow/lifecycle.js';
import { visitWebview } from '../../helpers/flow/person.js';
import { eventually } from '../../helpers/until.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';

const SPA = 'https://spa.example.test';

describe.each(HOSTS)('an attempt that the application completes, on %s', (adapter) => {
  let app: FlowApp;
  let serial = 0;

  useFlowApp({ adapter, options: FRONT_ENDS }, (opened) => {
    app = opened;
  });

  const user = (): string => `user-${(serial += 1)}`;

  it('should connect a bank by a request of the application, once however often it is sent [OA-04]', async () => {
    const back = await openedBy(app, user());
    const address = new URL(back.address);
    expect(`${address.protocol}${address.pathname}`).toBe('com.example.app:/banks');
    expect(address.searchParams.get('from')).toBe('bank');
    expect(address.searchParams.get('attempt')).toBe(back.started.attemptId);
    expect(await connectionsOf(back.native)).toEqual([]);
    const before = exchanges(app);

    const answers = [await completeAs(back.native, back), await completeAs(back.native, back)];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({ id: back.started.attemptId, status: 'connected', error: null });
    }
    expect(exchanges(app)).toBe(before + 1);
    expect(await connectionsOf(back.native)).toHaveLength(1);
  });

  it('should take the id of the attempt in upper case, as some platforms write a UUID', async () => {
    const back = await openedBy(app, user());
    const attemptId = back.started.attemptId.toUpperCase();
    const answer = await completeAs(back.native, { ...back, started: { ...back.started, attemptId } });
    expect(answer.json()).toMatchObject({ id: back.started.attemptId, status: 'connected' });
  });

  it('should use nothing up at the callback, and write and ask nothing', async () => {
    const back = await openedBy(app, user());
    const [rows, calls] = [await snapshot(app), outbound(app).length];
    const again = await app.browser(null).get(back.callback);
    expect(again.status).toBe(303);
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
    expect(await attemptOf(back.native, back.started.attemptId)).toMatchObject({ status: 'pending' });
    const ticket = ticketOf(again.location);
    expect((await completeAs(back.native, { ...back, ticket })).json()).toMatchObject({
      status: 'connected',
    });
  });

  it('should show neither state nor code to the application or to a log', async () => {
    const back = await openedBy(app, user());
    const query = new URLSearchParams(back.callback.split('?')[1]);
    for (const name of ['state', 'code']) {
      expect(query.get(name)).toMatch(/./);
      expect(back.address).not.toContain(query.get(name));
    }
    expect(app.logger.lines.join('\n')).not.toContain(back.ticket);
  });

  it.each(['%25', '%22', '%5C', 'a'])(
    'should pass on a code of the greatest length, of the character %s',
    async (character) => {
      const back = await openedBy(app, user());
      const code = character.repeat(2048);
      const ids = Array.from({ length: 50 }, (_, index) => `${10 ** 18 + index}`).join(',');
      const longest = `${without(back.callback, 'code', 'connection_id', 'connection_ids')}&code=${code}&connection_ids=${ids}&error_description=${'%C3%A9'.repeat(300)}`;
      const { status, location } = await app.browser(null).get(longest);
      expect(status).toBe(303);
      // No code of Powens: the exchange is refused, and the attempt ends.
      const answer = await completeAs(back.native, { ...back, ticket: ticketOf(location) });
      expect([answer.status, answer.json()['status']]).toEqual([200, 'failed']);
    },
  );

  it('should end an attempt that the person declined', async () => {
    const back = await openedBy(app, user(), { outcome: 'access_denied' });
    expect((await completeAs(back.native, back)).json()).toMatchObject({
      status: 'denied',
      error: 'access_denied',
    });
  });

  it('should repair a connection of an owner, too', async () => {
    const back = await openedBy(app, user());
    await completeAs(back.native, back);
    const [connection] = await connectionsOf(back.native);
    const answer = await back.native.post(`/connections/${connection?.id ?? ''}/reconnect`, {
      returnTo: 'ios',
    });
    const started = answer.json<StartedByApplication>();
    const callback = await visitWebview(app, started.url);
    const { location } = await app.browser(null).get(callback);
    const ticket = ticketOf(location);
    const completed = await completeAs(back.native, { ...back, started, ticket });
    expect(completed.json()).toMatchObject({ flow: 'reconnect', status: 'connected' });
  });

  it('should let a single-page application of a trusted origin start and complete', async () => {
    const spa = app.browser('spa-user');
    const headers = { origin: SPA, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
    const started = (
      await spa.post('/connections/connect', { returnTo: 'spa' }, headers)
    ).json<StartedByApplication>();
    const { location } = await spa.get(await visitWebview(app, started.url));
    expect(location).toMatch(/^https:\/\/spa\.example\.test\/banks\?attempt=/);
    const ticket = ticketOf(location);
    const path = `/connections/attempts/${started.attemptId}/complete`;
    const body = { ticket, binding: started.binding };
    const foreign = await spa.post(path, body, { ...headers, origin: 'https://evil.example.test' });
    expect([foreign.status, foreign.json()['code']]).toEqual([403, 'cross_site_refused']);
    expect((await spa.post(path, body, headers)).json()).toMatchObject({ status: 'connected' });
  });

  it('should complete again what Powens could not answer', async () => {
    const back = await openedBy(app, user());
    await plant(app, {
      ...EXCHANGE,
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '1' },
      times: 100,
    });
    const first = await completeAs(back.native, back);
    expect([first.status, first.json()['code']]).toEqual([503, 'powens_unreachable']);
    await clearFaults(app);
    const ended = async (): Promise<unknown> => (await completeAs(back.native, back)).json()['status'];
    await eventually(async () => expect(await ended()).toBe('connected'));
  });
});
