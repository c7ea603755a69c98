import { ReconciliationService } from 'nestjs-powens-connections';
import { afterEach, describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import { clearFaults, plant, sql } from '../../helpers/flow/observe.js';
import { connect } from '../../helpers/flow/person.js';
import { isAtPowens } from '../../helpers/flow/quarantine.js';

const GONE = { kind: 'status', status: 404, times: 100_000 } as const;

describe('the limit of losses within a day [N5]', () => {
  let app: FlowApp;

  useFlowApp({ options: { losses: { confirmAfterHours: 0.0000001, maxPerDay: 2 } } }, (opened) => {
    app = opened;
  });

  afterEach(async () => {
    await clearFaults(app);
    await sql(app, 'DELETE FROM powens_loss');
  });

  const service = (): ReconciliationService => app.app.get(ReconciliationService);

  /** Powens says twice that an owner's user is gone. */
  async function lose(owner: string): Promise<string> {
    await plant(app, { ...GONE, path: '/users/me/connections' }, { ...GONE, path: '/users/me' });
    await service().reconcile(owner);
    const { result } = await service().reconcile(owner);
    await clearFaults(app);
    return result;
  }

  it('should hold back what would fit as well, once one loss is held back', async () => {
    await connected(app, 'one bank');
    const { browser } = await connected(app, 'two banks');
    await connect(app, browser);
    await connected(app, 'another one');
    expect(await lose('one bank')).toBe('user_gone');
    expect(await lose('two banks')).toBe('held');
    expect(await lose('another one')).toBe('held');
  });

  it('should count the losses of a day, and of no longer', async () => {
    for (const owner of ['first', 'second', 'third']) await connected(app, owner);
    expect([await lose('first'), await lose('second')]).toEqual(['user_gone', 'user_gone']);
    await sql(app, `UPDATE powens_loss SET granted_at = now() - interval '23 hours'`);
    expect(await lose('third')).toBe('held');
    await sql(app, `DELETE FROM powens_loss WHERE status = 'held'`);
    await sql(app, `UPDATE powens_loss SET granted_at = now() - interval '25 hours'`);
    expect(await lose('third')).toBe('user_gone');
  });

  it('should not matter to an owner who asks to be erased while the lost user is being forgotten [N4]', async () => {
    const { browser, connection } = await connected(app, 'forgetting');
    expect(await lose('forgetting')).toBe('user_gone');
    await sql(
      app,
      `UPDATE powens_user SET status = 'forgetting', lease_token = gen_random_uuid(), leased_until = now()
       WHERE owner_id = 'forgetting'`,
    );
    expect((await browser.send('DELETE', '/connections/me', {})).status).toBe(204);
    expect(await sql(app, `SELECT 1 FROM powens_user WHERE owner_id = 'forgetting'`)).toEqual([]);
    expect(isAtPowens(app, connection.powensConnectionId)).toBe(true);
  });
});
