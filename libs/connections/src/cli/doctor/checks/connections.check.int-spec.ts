import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../../../../../test/helpers/database.js';
import { startFlowApp, type FlowApp } from '../../../../../../test/helpers/flow/flow-app.js';
import { connected } from '../../../../../../test/helpers/flow/lifecycle.js';
import { sql } from '../../../../../../test/helpers/flow/observe.js';
import { hmacWebhooks } from '../../../../../../test/helpers/webhooks/pushed.js';
import { environmentOf, runDoctor, type DoctorRan } from '../../__support__/doctor-under-test.js';
import { checkConnections } from './connections.check.js';

// On PGlite the sessions of the application and of the command would wait for one another.
describe.skipIf(!postgresCapabilities().concurrent)(checkConnections.name, () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ options });
    await connected(app, 'anna');
  });

  afterAll(async () => {
    await app.close();
  });

  const check = async (): Promise<DoctorRan> => runDoctor([], environmentOf(app, secret));

  it('should tell of connections that were edited, and of deletions that nobody meant [N3]', async () => {
    const [before] = await sql(app, 'SELECT * FROM powens_connection');
    await sql(app, `UPDATE powens_connection SET powens_connection_id = '987654'`);
    const edited = await check();
    expect(edited.line('connections')).toContain(
      '1 of 1 are not as this library wrote them, and 0 deletions',
    );
    await sql(
      app,
      `UPDATE powens_connection SET powens_connection_id = $1, status = 'deleting', removal_reason = 'requested',
        leased_until = now() + interval '1 hour'`,
      [before?.['powens_connection_id']],
    );
    const unmeant = await check();
    expect(unmeant.line('connections')).toContain(
      '0 of 1 are not as this library wrote them, and 1 deletions',
    );
    expect([edited.code, unmeant.code]).toEqual([1, 1]);
    await sql(
      app,
      `UPDATE powens_connection SET status = 'active', removal_reason = NULL, leased_until = NULL`,
    );
    expect((await check()).line('connections')).toMatch(/^ok /);
  });
});
