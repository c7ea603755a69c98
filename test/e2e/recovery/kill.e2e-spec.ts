import { afterEach, describe, expect, it } from 'vitest';
import { startChildHost, type ChildHost } from '../../helpers/child/child-host.js';
import type { DeathPoint } from '../../helpers/child/child-wish.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import {
  attemptOf,
  EXCHANGE,
  exchanges,
  orphanTokens,
  returning,
  sql,
  type Returning,
} from '../../helpers/flow/observe.js';
import { connectionsOf } from '../../helpers/flow/lifecycle.js';
import { until } from '../../helpers/flow/person.js';
import { hold } from '../../helpers/flow/hold.js';
import { sample } from '../../helpers/sweeps.js';

/** Every death is a real `kill -9` of a process of its own, at a statement of its own. */
describe('a host that is killed', () => {
  /** Issues attempts and never delivers: whatever is delivered, the child or its successor did. */
  let app: FlowApp;
  let serial = 0;
  const children: ChildHost[] = [];

  useFlowApp({ options: { outbox: { relay: false } } }, (opened) => {
    app = opened;
  });

  // One that survived its death would deliver what the next test waits for.
  afterEach(async () => {
    for (const child of children.splice(0)) await child.stop('SIGKILL');
  });

  async function startChild(dieAt: DeathPoint | null): Promise<ChildHost> {
    const child = await startChildHost(app, dieAt);
    children.push(child);
    return child;
  }

  async function killed(dieAt: DeathPoint): Promise<Returning & { before: number }> {
    const at = await returning(app, `user-${(serial += 1)}`);
    const before = exchanges(app);
    const child = await startChild(dieAt);
    const landed = child
      .browserOf(at.browser)
      .get(at.callback)
      .then(
        ({ status }) => status,
        () => 'no answer',
      );
    await until(() => child.ended() !== null);
    expect(child.ended()).toBe('SIGKILL');
    expect(dieAt === 'handler' ? ['no answer', 303] : ['no answer']).toContain(await landed);
    return { ...at, before };
  }

  /** Another process would do the same; this one is there sooner. */
  async function successor(at: Returning): Promise<{ types: string[]; landed: string }> {
    const next = await startFlowApp({ like: app });
    const own = (): string[] =>
      next.events.filter(({ attemptId }) => attemptId === at.started.attemptId).map(({ type }) => type);
    await until(() => own().length > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const same = next.browser(at.browser.user);
    for (const [name, value] of at.browser.cookies) same.cookies.set(name, value);
    const { status, location } = await same.get(at.callback);
    await next.stop();
    return { types: own(), landed: `${status} ${location}` };
  }

  it.each(sample(['after-commit', 'handler'] as const))(
    'should still deliver the event when it died at %s, and show the result [RL-03, RL-20, W5, W6, K02]',
    async (dieAt) => {
      const at = await killed(dieAt);
      expect(await attemptOf(at.browser, at.started.attemptId)).toMatchObject({ status: 'connected' });
      expect(await successor(at)).toEqual({
        types: ['connection.created'],
        landed: `303 /connections/attempts/${at.started.attemptId}`,
      });
      expect(exchanges(app)).toBe(at.before + 1);
      expect(await orphanTokens(app)).toEqual([]);
    },
  );

  it.each(sample(['before-commit', 'after-claim'] as const))(
    'should leave nothing half done when it died at %s, and complete it for a reload with one exchange in all [N11, RL-01, RL-03, W1, W2, W3, K04]',
    async (dieAt) => {
      const { browser, callback, started, before } = await killed(dieAt);
      expect(exchanges(app)).toBe(before + (dieAt === 'after-claim' ? 0 : 1));
      expect((await browser.get('/connections')).json()).toEqual({ items: [], nextCursor: null });
      const rows = await sql(app, 'SELECT 1 FROM powens_user WHERE owner_id = $1', [browser.user]);
      expect(rows).toEqual([]);

      await sql(app, `UPDATE powens_attempt SET lease_expires_at = now() WHERE id = $1`, [started.attemptId]);
      expect((await browser.get(callback)).location).toBe(`/connections/attempts/${started.attemptId}`);
      await until(async () => (await attemptOf(browser, started.attemptId)).status === 'connected');
      expect((await connectionsOf(browser)).map(({ id }) => id)).toHaveLength(1);
      expect(exchanges(app)).toBe(before + 1);
      expect(await orphanTokens(app)).toEqual([]);
    },
  );

  it('should end by itself on SIGTERM, with the callback in flight answered [RL-29, K08]', async () => {
    const at = await returning(app, 'gentle');
    const child = await startChild(null);
    const exchange = await hold(app, EXCHANGE);
    const landed = child.browserOf(at.browser).get(at.callback);
    await exchange.arrived();
    const stopped = child.stop('SIGTERM');
    await exchange.release();
    await stopped;
    expect((await landed).status).toBe(303);
    expect(await attemptOf(at.browser, at.started.attemptId)).toMatchObject({ status: 'connected' });
    expect(['0', 'SIGTERM']).toContain(child.ended());
    const told = child.events.some(({ attemptId }) => attemptId === at.started.attemptId);
    expect(told ? ['connection.created'] : (await successor(at)).types).toEqual(['connection.created']);
  });
});
