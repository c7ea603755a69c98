import { PowensService } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { deleteUserAtPowens } from '../../helpers/flow/reconciling.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

describe('a Powens user that was deleted elsewhere', () => {
  let app: FlowApp;

  useFlowApp({}, (opened) => {
    app = opened;
  });

  const isDue = async (owner: string): Promise<unknown> => {
    const [row] = await sql<{ due: boolean | null }>(
      app,
      'SELECT reconcile_at <= now() AS due FROM powens_user WHERE owner_id = $1',
      [owner],
    );
    return row?.due;
  };

  it('should be said by 409 on every way, and have the owner compared at once [H13]', async () => {
    const gone = { code: 'powens_user_not_found' };
    const { browser, connection } = await connected(app, 'gone');
    await deleteUserAtPowens(app, 'gone');
    await sql(app, `UPDATE powens_user SET reconcile_at = now() + interval '1 day'`);
    const started = await browser.post('/connections/connect', {});
    expect([started.status, started.json()]).toMatchObject([409, gone]);
    expect(started.text).toContain('The application is checking it');
    expect(await isDue('gone')).toBe(true);
    for (const path of ['reconnect', 'sync']) {
      const answer = await browser.post(`/connections/${connection.id}/${path}`, {});
      expect([path, answer.status, answer.json()]).toMatchObject([path, 409, gone]);
    }
    expect(await failureOf(app.app.get(PowensService).forOwner('gone').accounts())).toMatchObject(gone);
    expect((await browser.send('DELETE', `/connections/${connection.id}`, {})).status).toBe(204);
  });

  it('should not make an owner due again who was compared just now [H13]', async () => {
    const { browser } = await connected(app, 'compared');
    await deleteUserAtPowens(app, 'compared');
    await sql(
      app,
      `UPDATE powens_user SET reconciled_at = now(), reconcile_at = now() + interval '1 day' WHERE owner_id = 'compared'`,
    );
    expect((await browser.post('/connections/connect', {})).status).toBe(409);
    expect(await isDue('compared')).toBe(false);
  });
});
