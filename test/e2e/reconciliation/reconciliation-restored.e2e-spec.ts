import {
  ConnectionsService,
  ReconciliationService,
  type ReconciliationReport,
} from 'nestjs-powens-connections';
import { USERS_TOKEN } from 'powens-sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, connectionsOf, eventOf, liveTokens } from '../../helpers/flow/lifecycle.js';
import { clearFaults, sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';
import { deleteConnectionAtPowens, eventTypes, powensUserIdOf } from '../../helpers/flow/reconciling.js';
import { answerWith, clearTokenOf, failureOf } from '../../helpers/upstream/upstream.js';

const TABLES = ['powens_user', 'powens_connection'];
const REVOKED = 20;

/** What is in the tables now, to be put back later, as a dump is. */
async function dump(app: FlowApp): Promise<void> {
  for (const table of TABLES) await sql(app, `CREATE TABLE dump_${table} AS SELECT * FROM ${table}`);
}

async function restore(app: FlowApp): Promise<void> {
  for (const table of ['powens_attempt', 'powens_outbox', ...[...TABLES].reverse()]) {
    await sql(app, `DELETE FROM ${table}`);
  }
  for (const table of TABLES) await sql(app, `INSERT INTO ${table} SELECT * FROM dump_${table}`);
}

describe('a backup that was restored [TC-26, D16]', () => {
  let app: FlowApp;

  useFlowApp(
    {
      options: {
        reconciliation: { enabled: false, usersPerMinute: 6000 },
        lifecycle: { sweeper: false },
      },
    },
    (opened) => {
      app = opened;
    },
  );

  it('should resurrect no owner who left since, and find what else happened', async () => {
    const revoked = Array.from({ length: REVOKED }, (_, index) => `revoked-${index}`);
    for (const owner of [...revoked, 'erased', 'kept', 'grown', 'shrunk']) await connected(app, owner);
    const { connection } = await connected(app, 'shrunk too');
    await dump(app);
    const service = app.app.get(ConnectionsService);
    for (const owner of revoked) await service.revokeToken(owner);
    await service.erase('erased');
    await service.delete('shrunk too', connection.id);
    const [shrunk] = await connectionsOf(app.browser('shrunk'));
    await deleteConnectionAtPowens(app, 'shrunk', shrunk!.powensConnectionId);
    await connect(app, app.browser('grown'));
    await until(() => eventTypes(app, 'shrunk too').includes('connection.deleted'));
    await restore(app);
    const events = app.events.length;

    const reconciliation = app.app.get(ReconciliationService);
    // The first look changes nothing; after the second, so many losses at once need a person who knows of the backup.
    const first = await reconciliation.reconcileAll({ renewTokens: false });
    expect(first).toMatchObject({ removed: 0, tokensRevoked: 0, usersGone: 0, missing: REVOKED + 3 });
    await sql(app, `UPDATE powens_loss SET first_seen_at = first_seen_at - interval '25 hours'`);
    const second = await reconciliation.reconcileAll({ renewTokens: false });
    const held = (await reconciliation.listLosses()).filter(({ status }) => status === 'held');
    expect(held.length).toBeGreaterThan(0);
    expect(await reconciliation.approveLosses()).toBe(held.length);
    const done = second.removed + second.tokensRevoked + second.usersGone;
    expect(done + held.length).toBe(REVOKED + 3);
    expect(first).toMatchObject({ accounts: REVOKED + 5, added: 1, tokensRenewed: 0, failures: 0 });
    await eventOf(app, 'grown', 'connection.unconfirmed');
    for (const owner of revoked) {
      expect(await failureOf(clearTokenOf(app, owner))).toMatchObject({ code: 'not_connected' });
      expect(liveTokens(app, await powensUserIdOf(app, owner))).toEqual([]);
    }
    const asked = (): typeof app.events =>
      app.events.slice(events).filter(({ type }) => type === 'connection.action_required');
    await until(() => asked().length === REVOKED);
    expect(new Set(asked().map(({ ownerId }) => ownerId))).toEqual(new Set(revoked));
    expect(await sql(app, `SELECT status FROM powens_user WHERE owner_id = 'erased'`)).toEqual([
      { status: 'lost' },
    ]);
    expect(await failureOf(clearTokenOf(app, 'erased'))).toMatchObject({ code: 'not_connected' });
    expect(await service.withToken('kept', () => 'usable')).toBe('usable');
  });
});

describe('Powens users that nobody knows', () => {
  let app: FlowApp;

  beforeAll(async () => {
    registerSecret('users token', USERS_TOKEN);
    app = await startFlowApp();
    await connected(app, 'known');
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await app.close();
  });

  async function look(usersToken: string, enabled = false): Promise<FlowApp> {
    const { client, url } = app.sandbox;
    return startFlowApp({
      like: app,
      options: {
        powens: { ...client, apiUrl: `${url}/2.0`, webviewUrl: url, usersToken },
        reconciliation: { enabled, usersPerMinute: 6000 },
      },
    });
  }

  async function orphansOf(usersToken: string): Promise<ReconciliationReport['orphans']> {
    const other = await look(usersToken);
    const { orphans } = await other.app.get(ReconciliationService).reconcileAll();
    expect(other.app.get(ReconciliationService).report().orphans).toEqual(orphans);
    await other.close();
    return orphans;
  }

  it('should be reported once they are an hour old, over all pages, and never deleted', async () => {
    const known = Number(await powensUserIdOf(app, 'known'));
    const old = '2020-01-02 03:04:05';
    await answerWith(app, '/users', {
      users: [
        { id: known, signin: old },
        { id: 880001, signin: old },
        { id: 880002, signin: '2099-01-01 00:00:00' },
      ],
      _links: { next: { href: '/2.0/users?limit=1000&offset=1000' } },
    });
    await answerWith(app, '/users', { users: [{ id: 880003, signin: null }] });
    expect(await orphansOf(USERS_TOKEN)).toMatchObject({
      checked: true,
      count: 2,
      powensUserIds: ['880001', '880003'],
    });
    expect(app.logger.lines).toContainEqual(
      expect.stringMatching(/^warn 2 Powens users belong to no account here, the first is 880001/),
    );
    expect(app.sandbox.ledger().users.filter(({ deleted }) => deleted)).toEqual([]);
  });

  it('should be looked for with the users token of the console', async () => {
    expect(await orphansOf(USERS_TOKEN)).toMatchObject({ checked: true, count: 0 });
    expect(await orphansOf('not the users token'.replaceAll(' ', '-'))).toEqual({
      checked: false,
      reason: 'failed',
    });
    expect(await orphansOf('')).toEqual({ checked: false, reason: 'no_users_token' });
  });

  it('should be looked for by the regular comparison, too', async () => {
    await sql(app, 'UPDATE powens_user SET reconcile_at = now(), reconciled_at = NULL');
    const other = await look(USERS_TOKEN, true);
    const orphans = (): ReconciliationReport['orphans'] =>
      other.app.get(ReconciliationService).report().orphans;
    expect(orphans()).toEqual({ checked: false, reason: 'not_yet' });
    await until(() => orphans().checked);
    await other.close();
  });
});
