import { ReconciliationService, TokenImportService } from 'nestjs-powens-connections';
import { afterEach, describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, connectionsOf } from '../../helpers/flow/lifecycle.js';
import { clearFaults, outbound, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { hmacWebhooks, powensUserOf, push } from '../../helpers/webhooks/pushed.js';
import { manage } from '../../helpers/flow/quarantine.js';
import { powensUserIdOf } from '../../helpers/flow/reconciling.js';
import { answerWith, clearTokenOf, failureOf } from '../../helpers/upstream/upstream.js';

const LIST = '/users/me/connections';

/** Later than any attempt of this file, so that the manage page seems to have made it. */
const FOREIGN = { id: 9_900_001, id_user: 9_900_000, state: null, created: '2099-01-01 00:00:00' };

describe('an answer of Powens about another user [N22]', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp({ options: { ...options, losses: { confirmAfterHours: 0.0000001 } } }, (opened) => {
    app = opened;
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  const service = (): ReconciliationService => app.app.get(ReconciliationService);

  async function foreignList(): Promise<void> {
    await answerWith(app, LIST, { connections: [FOREIGN] }, { times: 100 });
  }

  /** Nothing of the stranger is kept, nothing of the owner is missed, and both are as they were. */
  async function expectUntouched(owner: string, id: string): Promise<void> {
    const rows = await sql(app, 'SELECT 1 FROM powens_connection WHERE powens_connection_id = $1', [
      String(FOREIGN.id),
    ]);
    expect(rows).toEqual([]);
    expect(await service().listLosses()).toEqual([]);
    expect(app.events.map(({ powensConnectionId }) => powensConnectionId)).not.toContain(String(FOREIGN.id));
    await clearFaults(app);
    expect(await connectionsOf(app.browser(owner))).toMatchObject([{ id }]);
    expect(await service().reconcile(owner)).toMatchObject({ added: 0, changed: 0, removed: 0, missing: 0 });
  }

  it('should change nothing in a comparison whose list holds another user’s connection', async () => {
    const { connection } = await connected(app, 'compared');
    await foreignList();
    expect(await failureOf(service().reconcile('compared'))).toMatchObject({
      code: 'powens_response_invalid',
    });
    await expectUntouched('compared', connection.id);
  });

  it('should confirm nothing after a manage page whose list holds another user’s connection', async () => {
    const { browser, connection } = await connected(app, 'managed');
    await foreignList();
    expect((await manage(app, browser)).landed.status).toBe(502);
    await expectUntouched('managed', connection.id);
  });

  it('should import nothing of a token whose list holds another user’s connection', async () => {
    const { connection } = await connected(app, 'imported');
    const token = await clearTokenOf(app, 'imported');
    await foreignList();
    const report = await app.app.get(TokenImportService).import([{ owner: 'imported', token }]);
    expect(report).toMatchObject({ failed: [{ code: 'powens_response_invalid' }] });
    await expectUntouched('imported', connection.id);
  });

  it('should take away no user that is reported as deleted while the token answers for another one', async () => {
    const own = await connected(app, 'reported');
    await answerWith(app, '/users/me', { id: 9_900_000 }, { times: 100 });
    const looks = (): number => outbound(app).filter(({ path }) => path.endsWith('/users/me')).length;
    const before = looks();
    const id = Number(await powensUserOf(app, own));
    const body = { id, id_user: id, id_webhook_data: 790_001 };
    expect((await push(app.url, '/connections/webhooks/user-deleted', body, { secret })).status).toBe(204);
    await until(() => looks() > before);
    await sql(app, `DELETE FROM powens_inbox WHERE status = 'pending'`);
    await expectUntouched('reported', own.connection.id);
    expect(await powensUserIdOf(app, 'reported')).toBe(String(id));
  });
});
