import {
  ConnectionsAdminService,
  ConnectionsService,
  KeyRotationService,
  PowensService,
} from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import { clearFaults, EXCHANGE, exchanges, plant, returning, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';

/** A sweeper that finishes an act would record it, too. */
const OPTIONS = { auditTrail: { enabled: true }, lifecycle: { sweeper: false } };

describe('the audit trail of an application', () => {
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ options: OPTIONS });
  });

  afterAll(async () => {
    await app.close();
  });

  /** What the trail says of an owner. */
  const written = async (owner: string): Promise<string[]> =>
    (
      await sql<{ actor: string | null; operation: string; outcome: string }>(
        app,
        'SELECT actor, operation, outcome FROM powens_audit WHERE owner_id = $1 ORDER BY position',
        [owner],
      )
    ).map(({ actor, operation, outcome }) => `${actor ?? '-'} ${operation} ${outcome}`);

  it('should have every act of an owner, from the connection to the erasure, and no secret [L5]', async () => {
    const { connection } = await connected(app, 'alice');
    const alice = { id: 'alice', actor: 'ann' };
    const service = app.app.get(ConnectionsService);
    await app.app.get(PowensService).forOwner(alice).accounts();
    await service.renewToken(alice);
    await service.delete(alice, connection.id);
    await service.revokeToken(alice);
    await service.erase(alice);
    await app.app.get(KeyRotationService).rotate();
    await until(
      async () => (await sql(app, `SELECT 1 FROM powens_audit WHERE operation = 'keys.rotate'`)).length === 1,
    );

    // The erasure itself says whose rows are to be anonymised: no process has to live on for it.
    expect(await sql(app, 'SELECT owner_id, tenant, instance FROM powens_audit_erasure')).toEqual([
      { owner_id: 'alice', tenant: '', instance: 'default' },
    ]);
    expect(await written('alice')).toEqual([
      '- connection.connect ok',
      'ann GET /users/me/accounts ok',
      'ann token.renew ok',
      'ann connection.delete ok',
      'ann token.revoke ok',
      'ann owner.erase ok',
    ]);
    expect(await app.app.get(ConnectionsAdminService).verifyAudit()).toMatchObject({
      intact: true,
      checked: 7,
    });
  });

  it('should have attempts that fail', async () => {
    const { browser, callback } = await returning(app, 'bob');
    await plant(app, { ...EXCHANGE, kind: 'status', status: 400 });
    await browser.get(callback);
    await clearFaults(app);
    await until(async () => (await written('bob')).length === 1);
    expect(await written('bob')).toEqual(['- connection.connect code_refused']);
    expect(exchanges(app)).toBeGreaterThan(0);
  });

  it('should stay intact where an act names its connection in upper case', async () => {
    const { browser, connection } = await connected(app, 'ella');
    const answer = await browser.send('DELETE', `/connections/${connection.id.toUpperCase()}`, {});
    expect(answer.status).toBe(204);
    await until(async () => (await written('ella')).length === 2);
    expect(await app.app.get(ConnectionsAdminService).verifyAudit()).toMatchObject({ intact: true });
  });

  it('should be one chain although replicas write at the same time, and end complete when they stop', async () => {
    const replica = await startFlowApp({ like: app, options: OPTIONS });
    await connected(app, 'carl');
    const read = async (one: FlowApp): Promise<unknown> =>
      one.app.get(PowensService).forOwner('carl').accounts();
    await Promise.all(Array.from({ length: 20 }, async (_, index) => read(index % 2 === 0 ? app : replica)));
    await replica.stop();
    await until(async () => (await written('carl')).filter((line) => line.includes('GET')).length === 20);
    expect(await app.app.get(ConnectionsAdminService).verifyAudit()).toMatchObject({ intact: true });
  });

  it('should not be written unless it is enabled', async () => {
    const silent = await startFlowApp({ like: app });
    const owner = 'dora';
    await connected(silent, owner);
    await silent.app.get(ConnectionsService).erase(owner);
    await silent.stop();
    expect(await written(owner)).toEqual([]);
    expect(await sql(app, 'SELECT 1 FROM powens_audit_erasure WHERE owner_id = $1', [owner])).toEqual([]);
  });
});
