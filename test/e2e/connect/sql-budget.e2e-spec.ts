import type { Logger } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { captureOutput } from '../../helpers/canary/collector.js';
import type { Browser } from '../../helpers/flow/browser.js';
import { ADAPTERS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { attemptOf, EXCHANGE, returning, sql } from '../../helpers/flow/observe.js';
import { start, visitWebview } from '../../helpers/flow/person.js';
import { hold } from '../../helpers/flow/hold.js';

/** TypeORM's `logging: 'all'`: every statement with its parameters, for the count and for the canary scan (TC-16). */
class Statements implements Logger {
  readonly all: string[] = [];

  logQuery(query: string, parameters?: unknown[]): void {
    this.all.push(query);
    captureOutput('sql', `${query} ${JSON.stringify(parameters ?? [])}`);
  }

  logQueryError(error: string | Error, query: string, parameters?: unknown[]): void {
    captureOutput('sql', `${String(error)} ${query} ${JSON.stringify(parameters ?? [])}`);
  }

  logQuerySlow(time: number, query: string, parameters?: unknown[]): void {
    captureOutput('sql', `${time} ${query} ${JSON.stringify(parameters ?? [])}`);
  }

  logSchemaBuild(message: string): void {
    captureOutput('sql', message);
  }

  logMigration(message: string): void {
    captureOutput('sql', message);
  }

  log(_: string, message: unknown): void {
    captureOutput('sql', String(message));
  }
}

describe.each(ADAPTERS)('what a flow costs the database, on %s', (adapter) => {
  let app: FlowApp;
  const statements = new Statements();

  useFlowApp(
    {
      adapter,
      typeorm: { logging: 'all', logger: statements },
      // Nobody else speaks to the database meanwhile.
      options: { outbox: { relay: false }, lifecycle: { sweeper: false } },
    },
    (opened) => {
      app = opened;
    },
  );

  /** Connect and callback; what they sent, without what frames a transaction. */
  async function flow(browser: Browser): Promise<{ sent: string[]; frames: string[]; attemptId: string }> {
    const from = statements.all.length;
    const { attemptId, url } = await start(browser);
    const callback = await visitWebview(app, url);
    expect((await browser.get(callback)).status).toBe(303);
    const all = statements.all.slice(from);
    const isFrame = (text: string): boolean => /^(BEGIN|COMMIT|ROLLBACK|START TRANSACTION)/i.test(text);
    return { sent: all.filter((text) => !isFrame(text)), frames: all.filter(isFrame), attemptId };
  }

  it('should be four round trips at most for the first connection, and for each one after [design 8]', async () => {
    const browser = app.browser('ann');
    for (const which of ['first', 'second', 'third']) {
      const { sent, frames, attemptId } = await flow(browser);
      expect(sent.length, `${which}: ${sent.join('\n')}`).toBeLessThanOrEqual(4);
      expect(sent.length).toBeGreaterThanOrEqual(3);
      // The completing transaction is one statement, which commits by itself.
      expect(frames).toEqual([]);
      expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected' });
    }
  });

  it('should be one statement for a refused callback, and none for a malformed one or one without a cookie [OA-09, A10]', async () => {
    const { browser, callback } = await returning(app, 'cheap');
    const cost = async (who: Browser, path: string): Promise<number> => {
      const from = statements.all.length;
      expect((await who.get(path)).status).toBe(400);
      return statements.all.length - from;
    };
    expect(await cost(browser, '/connections/callback?state=short')).toBe(0);
    expect(await cost(app.browser('cheap'), callback)).toBe(0);
    expect(await cost(browser, `/connections/callback?state=${'a'.repeat(43)}`)).toBeLessThanOrEqual(2);
  });

  it('should hold no session while Powens is asked: exchange, read-back, webview code [RL-02, D01]', async () => {
    const open = async (): Promise<unknown[]> =>
      sql(
        app,
        `SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND backend_type = 'client backend' AND (state LIKE 'idle in transaction%' OR state = 'active')`,
      );
    const { browser, callback } = await returning(app, 'held');
    const exchange = await hold(app, EXCHANGE);
    const landed = browser.get(callback);
    await exchange.arrived();
    expect(await open()).toEqual([]);
    const readBack = await hold(app, { method: 'GET', path: '/users/me/connections*' });
    await exchange.release();
    expect((await landed).status).toBe(303);
    await readBack.release();
    const code = await hold(app, { path: '/auth/token/code' });
    const begun = browser.post('/connections/connect');
    await code.arrived();
    expect(await open()).toEqual([]);
    await code.release();
    expect((await begun).status).toBe(201);
  });

  it('should leave the pool free for others while twenty callbacks wait for Powens [RL-02, D01]', async () => {
    const waiting = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => returning(app, `crowd-${index}`)),
    );
    const exchanges = await hold(app, { ...EXCHANGE, times: 20 });
    const landed = Promise.all(waiting.map(async ({ browser, callback }) => browser.get(callback)));
    await exchanges.arrived();
    // They would be answered after those twenty if these held the pool.
    await sql(app, 'SELECT 1');
    expect((await app.browser('ann').get('/connections')).status).toBe(200);
    await exchanges.release();
    expect((await landed).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 303));
  });
});
