import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, type Connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push, syncedBody } from '../../helpers/webhooks/pushed.js';
import { answerWith } from '../../helpers/upstream/upstream.js';

/** Turns the direction of what a person reads, joins, and marks: none of it is seen. */
const FORMAT = '\u202e\u2066\u200b\u200f\ufeff\u{e0041}';
const SEEN = /[\p{Cf}\p{Zl}\p{Zp}]/u;

describe('format characters in what Powens says', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;
  let owner: Connected;

  beforeAll(async () => {
    app = await startFlowApp({ options });
    owner = await connected(app, 'ann');
  });

  afterAll(async () => {
    await app.close();
  });

  it('should come into no column, event or answer by a webhook [N21]', async () => {
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const told = { lastUpdate: '2027-03-14 10:27:40', webhookDataId: 1, state: `wrong${FORMAT}pass` };
    const body = syncedBody(ids, told);
    (body['connection'] as Record<string, unknown>)['error_message'] = `${FORMAT}enter it again`;
    expect((await push(app.url, '/connections/webhooks/connection-synced', body, { secret })).status).toBe(
      204,
    );
    await inboxEmpty(app);

    const list = await owner.browser.get('/connections');
    expect(list.status).toBe(200);
    expect(list.text).not.toMatch(SEEN);
    for (const table of ['powens_connection', 'powens_outbox']) {
      const rows = await sql<{ row: string }>(app, `SELECT to_json(t)::text AS row FROM ${table} t`);
      expect(rows.length, table).toBeGreaterThan(0);
      expect(rows.map(({ row }) => row).join('\n'), table).not.toMatch(SEEN);
    }
    const inbox = await sql<{ status: string }>(app, 'SELECT status, summary FROM powens_inbox');
    expect(inbox).toMatchObject([{ status: 'processed' }]);
    expect(JSON.stringify(inbox)).not.toMatch(SEEN);
    expect(JSON.stringify(app.events)).not.toMatch(SEEN);
  });

  it('should come into no answer or log line by a refusal [N21]', async () => {
    const words = { code: `no${FORMAT}way`, description: `${FORMAT}because\u2028of\u2029it` };
    await answerWith(app, `/users/me/connections/${owner.connection.powensConnectionId}`, words, {
      times: 10,
      status: 400,
    });
    const answer = await owner.browser.post(`/connections/${owner.connection.id}/sync`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toMatch(SEEN);
    const lines = app.logger.lines.join('\n');
    expect(lines).toContain('because');
    expect(lines).not.toMatch(SEEN);
  });
});
