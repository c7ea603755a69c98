import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, exchanges, orphanTokens, returning, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { cuttableLink, type CuttableLink } from '../../helpers/postgres/cuttable-link.js';

/** The link breaks while the server is still at work: what was sent lands later than anybody looks. */
describe.skipIf(!postgresCapabilities().concurrent)('a commit in doubt', () => {
  let watcher: FlowApp;
  let app: FlowApp;
  let link: CuttableLink;

  beforeAll(async () => {
    watcher = await startFlowApp({ options: { outbox: { relay: false }, lifecycle: { sweeper: false } } });
    link = await cuttableLink(watcher.database.url);
    app = await startFlowApp({ like: watcher, typeorm: { url: link.url } });
    await sql(
      watcher,
      `CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('lingered') = 1 THEN PERFORM pg_sleep(1); END IF; RETURN NEW; END $$`,
    );
    await sql(watcher, 'CREATE SEQUENCE lingered');
    await sql(
      watcher,
      `CREATE TRIGGER lingering BEFORE INSERT ON powens_outbox FOR EACH ROW
        WHEN (NEW.type = 'connection.created') EXECUTE FUNCTION linger()`,
    );
  });

  afterAll(async () => {
    await app.stop();
    await link.close();
    await watcher.close();
  });

  async function isCommitting(): Promise<boolean> {
    const rows = await sql(
      watcher,
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'`,
    );
    return rows.length > 0;
  }

  it('should keep the token when it lands only after a look found nothing [RL-08, D04, W4]', async () => {
    const { browser, callback, started } = await returning(app, 'ann');
    const before = exchanges(app);
    const landed = browser.get(callback);
    await until(isCommitting);
    link.cut();

    expect((await landed).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected', error: null });
    expect(exchanges(app)).toBe(before + 1);
    const [{ idUser } = { idUser: null }] = app.sandbox.ledger().tokens.filter(({ revoked }) => !revoked);
    expect(idUser).not.toBeNull();
    expect(await orphanTokens(app)).toEqual([]);
    await until(() => app.events.some(({ attemptId }) => attemptId === started.attemptId));
    const told = await sql<{ type: string }>(watcher, 'SELECT type FROM powens_outbox');
    expect(told).toEqual([{ type: 'connection.created' }]);
  });
});
