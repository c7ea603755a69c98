import { ConnectionsReadiness, ConnectionsService, ReconciliationService } from 'nestjs-powens-connections';
import type { Logger } from 'typeorm';
import { startFlowApp, type FlowApp } from '../flow/flow-app.js';
import { advance, connected, connectionsOf, type Connected } from '../flow/lifecycle.js';
import { connectedOwner, returning, sql } from '../flow/observe.js';
import { connect, start, until } from '../flow/person.js';
import { hmacWebhooks, powensUserOf, push, syncedBody } from '../webhooks/pushed.js';
import { manage } from '../flow/quarantine.js';

/** Each round of the sweeper removes delivered events; this statement of it runs once a round. */
const ONCE_A_ROUND = /DELETE FROM (?:"\w+"\.)?"powens_outbox"\s+WHERE .*'user\.deleted'/;

/** Nothing else arrives, and no count is wanted that reads what it is to judge. */
const LAST_WEBHOOK = 'SELECT status FROM powens_inbox ORDER BY position DESC LIMIT 1';

/** An application whose statements all run in one session, with everything that works by itself. */
export interface WorkingApp {
  readonly app: FlowApp;
  /** An owner with a bank, whom the work that needs one is about. */
  readonly regular: Connected;
  /** Sends a webhook, and waits until it was processed. */
  webhook(connectionId: string, lastUpdate?: string): Promise<void>;
  /** Waits for rounds of the sweeper. */
  sweeps(count: number): Promise<void>;
  /** Statements sent so far. */
  statements(): number;
}

/** One kind of work. `name` is another one each time. */
export type Work = (work: WorkingApp, name: string) => Promise<unknown>;

/** Every kind of work, by what it is. */
export const WORK: Readonly<Record<string, Work>> = {
  'the first bank of an owner': async ({ app }, name) => connectedOwner(app, name),
  'another bank of an owner': async ({ app, regular }) => connect(app, regular.browser),
  'a callback that is denied': async ({ app }, name) =>
    connect(app, app.browser(name), { outcome: 'denied' }),
  'a callback twice': async ({ app }, name) => {
    const { browser, callback } = await returning(app, name);
    await Promise.all([browser.get(callback), browser.get(callback)]);
  },
  'reads of an owner': async ({ app, regular: { browser, connection } }, name) => {
    const { attemptId } = await start(app.browser(name));
    await app.browser(name).get(`/connections/attempts/${attemptId}`);
    await connectionsOf(browser);
    await browser.get(`/connections/${connection.id}`);
  },
  'a share link': async ({ app }, name) => {
    const browser = app.browser(name);
    const make = async (): Promise<{ id: string; url: string }> =>
      (await browser.post('/connections/links')).json<{ id: string; url: string }>();
    const { pathname, search } = new URL((await make()).url);
    await browser.send('POST', `${pathname}${search}`, {});
    await browser.send('DELETE', `/connections/links/${(await make()).id}`, {});
  },
  'a use of a token': async ({ app, regular: { browser } }) =>
    app.app
      .get(ConnectionsService)
      .withToken(browser.user ?? '', (token) => token.use((clear) => clear.length)),
  'a webhook': async ({ regular, webhook }) =>
    webhook(regular.connection.powensConnectionId, new Date().toISOString()),
  'a webhook of an unknown connection': async ({ webhook }) => webhook('987654321'),
  'a synchronisation': async ({ app, regular: { browser, connection } }) => {
    await advance(app, 120);
    await sql(app, 'UPDATE powens_connection SET sync_not_before = NULL WHERE id = $1', [connection.id]);
    await browser.post(`/connections/${connection.id}/sync`);
  },
  'a visit of the manage page': async ({ app, regular }) => manage(app, regular.browser),
  'a deletion of a bank': async ({ app }, name) => {
    const { browser, connection } = await connected(app, name);
    await browser.send('DELETE', `/connections/${connection.id}`, {});
  },
  'an erasure of an owner': async ({ app }, name) => {
    const { browser } = await connected(app, name);
    await browser.send('DELETE', '/connections/me', {});
  },
  'a comparison': async ({ app, regular: { browser } }) => {
    const service = app.app.get(ReconciliationService);
    await service.reconcile(browser.user ?? '');
    await service.listLosses();
  },
  'a look at the readiness': async ({ app }) => app.app.get(ConnectionsReadiness).check(),
  'a round of the sweeper': async ({ sweeps }) => sweeps(1),
};

/** Starts an application that has one session. */
export async function startWork(): Promise<WorkingApp> {
  const { secret, options } = hmacWebhooks();
  let rounds = 0;
  let statements = 0;
  const logger: Pick<Logger, 'logQuery'> = {
    logQuery: (query) => {
      rounds += ONCE_A_ROUND.test(query) ? 1 : 0;
      statements += 1;
    },
  };
  const silent = new Proxy(logger, {
    get: (target, name) => (name === 'logQuery' ? target.logQuery.bind(target) : () => undefined),
  });
  const app = await startFlowApp({
    options: {
      ...options,
      lifecycle: { ...options.lifecycle, sweepIntervalMs: 100 },
      reconciliation: { usersPerMinute: 6000 },
    },
    typeorm: { logger: silent, extra: { max: 1, idleTimeoutMillis: 0 } },
  });
  const regular = await connected(app, 'regular');
  const user = await powensUserOf(app, regular);
  let sent = 0;
  return {
    app,
    regular,
    webhook: async (powensConnectionId, lastUpdate) => {
      const webhookDataId = (sent += 1);
      const ids = { powensConnectionId, powensUserId: user };
      const body = syncedBody(ids, { lastUpdate: lastUpdate ?? null, webhookDataId });
      const answer = await push(app.url, '/connections/webhooks/connection-synced', body, { secret });
      if (answer.status !== 204) throw new Error(`the webhook was answered ${answer.status}: ${answer.text}`);
      await until(async () => {
        const [row] = await sql<{ status: string }>(app, LAST_WEBHOOK);
        return row?.status !== 'pending';
      });
    },
    sweeps: async (count) => {
      const enough = rounds + count;
      await until(() => rounds >= enough);
    },
    statements: () => statements,
  };
}
