import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../../../../test/helpers/database.js';
import { startFlowApp, type FlowApp } from '../../../../../test/helpers/flow/flow-app.js';
import { connected, type Connected } from '../../../../../test/helpers/flow/lifecycle.js';
import { sql } from '../../../../../test/helpers/flow/observe.js';
import { hmacWebhooks } from '../../../../../test/helpers/webhooks/pushed.js';
import { runCommand, type CommandRan } from '../__support__/command-under-test.js';
import { environmentOf } from '../__support__/doctor-under-test.js';

// On PGlite the sessions of the application and of the command would wait for one another.
describe.skipIf(!postgresCapabilities().concurrent)('connections audit verify', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;
  let anna: Connected;

  beforeAll(async () => {
    app = await startFlowApp({ options });
    anna = await connected(app, 'anna');
  });

  afterAll(async () => {
    await app.close();
  });

  const run = async (line: string): Promise<CommandRan> =>
    runCommand(line.split(' '), environmentOf(app, secret));
  const audited = async (line: string): Promise<CommandRan> =>
    runCommand(line.split(' '), { ...environmentOf(app, secret), CONNECTIONS_AUDIT_TRAIL: 'true' });

  it('should say that the trail is intact, record the acts of commands, and name the rows that somebody edited', async () => {
    expect((await run('audit verify')).stdout).toBe('0 rows checked, 0 of erased owners, 0 findings.\n');
    await audited(`sync ${anna.connection.id} --owner anna`);
    const intact = await run('audit verify --json');
    expect([intact.code, intact.documents()]).toMatchObject([
      0,
      [{ intact: true, checked: 1, findings: [] }],
    ]);
    const [{ head } = { head: '' }] = intact.documents() as { head: string }[];
    expect((await run(`audit verify --expect ${head}`)).code).toBe(0);

    await sql(app, `UPDATE powens_audit SET owner_id = 'somebody'`);
    const edited = await run('audit verify');
    expect([edited.code, edited.stdout]).toEqual([1, expect.stringMatching(/^edited at 1\n1 rows checked/)]);
    await sql(app, 'DELETE FROM powens_audit');
    expect((await run(`audit verify --expect ${head} --json`)).documents()).toMatchObject([
      { intact: false, findings: [{ problem: 'truncated' }, { problem: 'not_expected', position: '1' }] },
    ]);
    const wrong = await run('audit verify --expect hunter2');
    expect([wrong.code, wrong.stderr]).toEqual([3, expect.not.stringContaining('hunter2')]);
  });
});
