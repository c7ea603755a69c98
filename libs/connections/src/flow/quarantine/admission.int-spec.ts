import sql from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../../../../test/helpers/flow/flow-app.js';
import { connected, connectionsOf } from '../../../../../test/helpers/flow/lifecycle.js';
import { sql as query } from '../../../../../test/helpers/flow/observe.js';
import { until } from '../../../../../test/helpers/flow/person.js';
import { closeTab, toldOf } from '../../../../../test/helpers/flow/quarantine.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { RemoteConnection } from '../../connections/remote-diff.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ConnectionsModuleOptions } from '../../options/connections-module-options.interface.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { AdmissionService, type SeenConnections } from './admission.service.js';

const remote = (id: string): RemoteConnection => ({
  id,
  connectorUuid: null,
  connectorName: 'Connecteur de test',
  state: 'SCARequired',
  lastUpdate: null,
  expire: null,
});

async function accountOf(app: FlowApp, owner: string): Promise<OwnedPowensUser> {
  const account = await app.app.get(TokenCustodyService, { strict: false }).find({ id: owner, tenant: '' });
  if (account === null) throw new Error(`${owner} has no account`);
  return account;
}

const admissionOf = (app: FlowApp): AdmissionService => app.app.get(AdmissionService, { strict: false });

describe(AdmissionService.name, () => {
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ options: { lifecycle: { sweeper: false } } });
  });

  afterAll(async () => {
    await app.close();
  });

  async function seenFor(owner: string, ...ids: string[]): Promise<SeenConnections> {
    await connected(app, owner);
    const user = await accountOf(app, owner);
    return { owner: { id: owner, tenant: '' }, user, remotes: ids.map(remote) };
  }

  /** A write that somebody who admits wants in the same transaction. */
  const noting =
    (owner: string, rows: number) =>
    (tx: Transaction): void => {
      tx.add(sql`UPDATE powens_user SET reconciled_at = now() WHERE owner_id = ${owner}`, rows);
    };
  const isNoted = async (owner: string): Promise<boolean> =>
    (await query(app, 'SELECT reconciled_at FROM powens_user WHERE owner_id = $1', [owner]))[0]?.[
      'reconciled_at'
    ] !== null;
  const rowsOf = async (owner: string): Promise<Record<string, unknown>[]> =>
    query(
      app,
      `SELECT powens_connection_id AS id, status, attempt_id, state, extract(epoch FROM remove_at - unconfirmed_since)::int / 3600 AS hours
       FROM powens_connection WHERE owner_id = $1 AND status <> 'active' ORDER BY 1`,
      [owner],
    );

  it('should write rows, events and what goes alongside in one transaction', async () => {
    const seen = await seenFor('ann', '7001', '7002');
    await admissionOf(app).admit(seen, noting('ann', 1));
    const common = { status: 'unconfirmed', attempt_id: null, state: 'SCARequired', hours: 72 };
    expect(await rowsOf('ann')).toMatchObject([
      { id: '7001', ...common },
      { id: '7002', ...common },
    ]);
    expect(await isNoted('ann')).toBe(true);
    await until(() => toldOf([app], '7002').length === 1);
    expect(app.events.find(({ powensConnectionId }) => powensConnectionId === '7001')).toMatchObject({
      type: 'connection.unconfirmed',
      attemptId: null,
      powensUserId: seen.user.powensUserId,
      data: { connectorUuid: null, connectorName: 'Connecteur de test', state: 'SCARequired' },
    });
  });

  it('should write nothing when what goes alongside cannot be written', async () => {
    const seen = await seenFor('bea', '7101');
    await expect(admissionOf(app).admit(seen, noting('bea', 2))).rejects.toMatchObject({ code: 'busy' });
    expect(await rowsOf('bea')).toEqual([]);
    expect(await isNoted('bea')).toBe(false);
  });

  it('should leave alone what is known, and write what goes alongside all the same', async () => {
    const seen = await seenFor('cleo', '7201');
    await admissionOf(app).admit(seen);
    const [active] = await connectionsOf(app.browser('cleo'));
    const again = { ...seen, remotes: [remote('7201'), remote(active?.powensConnectionId ?? '')] };
    await admissionOf(app).admit(again, noting('cleo', 1));
    expect(await isNoted('cleo')).toBe(true);
    expect(await rowsOf('cleo')).toHaveLength(1);
    expect(await connectionsOf(app.browser('cleo'))).toEqual([active]);
    await until(() => toldOf([app], '7201').length > 0);
    expect(toldOf([app], '7201')).toEqual(['connection.unconfirmed']);
  });

  it('should take in once what ten see at the same time, and lose none of what goes alongside', async () => {
    const seen = await seenFor('dora', '7301');
    const all = Array.from({ length: 10 }, async () => admissionOf(app).admit(seen, noting('dora', 1)));
    await Promise.all(all);
    expect(await rowsOf('dora')).toHaveLength(1);
    await until(() => toldOf([app], '7301').length > 0);
    expect(toldOf([app], '7301')).toEqual(['connection.unconfirmed']);
  });

  it.each<NonNullable<ConnectionsModuleOptions['unconfirmedConnections']>>(['quarantine', 'keep', 'delete'])(
    'should take in nothing for an account that is being erased, with %s [TC-24]',
    async (unconfirmedConnections) => {
      const owner = `erased-${unconfirmedConnections}`;
      const seen = await seenFor(owner, `74${unconfirmedConnections.length}`);
      await query(
        app,
        `UPDATE powens_user SET status = 'erasing', status_reason = 'requested' WHERE owner_id = $1`,
        [owner],
      );
      const other = await startFlowApp({
        like: app,
        options: { unconfirmedConnections, lifecycle: { sweeper: false } },
      });
      try {
        await expect(admissionOf(other).admit(seen)).rejects.toMatchObject({ code: 'busy' });
        expect(await rowsOf(owner)).toEqual([]);
      } finally {
        await other.stop();
      }
    },
  );

  it('should be told gone once, by its removal or by whoever finds it gone at Powens', async () => {
    await admissionOf(app).admit(await seenFor('fay', '7501'));
    const changes = app.app.get(ConnectionChangesRepository, { strict: false });
    const local = await changes.findByPowensId('7501');
    await query(
      app,
      `UPDATE powens_connection SET status = 'deleting', removal_reason = 'requested', leased_until = NULL WHERE id = $1`,
      [local?.id],
    );
    const removal = app.app.get(ConnectionsDatabase, { strict: false }).transaction((tx) => {
      const gone = app.app.get(ConnectionChangesRepository, { strict: false });
      if (local !== null) gone.depart(local, { reason: 'gone_at_powens', rememberDays: 30 }, tx);
    });
    await expect(removal).rejects.toMatchObject({ code: 'busy' });
    expect(await rowsOf('fay')).toHaveLength(1);
  });

  it('should be found by its id at Powens in any status, by nobody but its own instance', async () => {
    const seen = await seenFor('eve');
    const { powensConnectionId } = await closeTab(app, app.browser('eve'));
    const changes = app.app.get(ConnectionChangesRepository, { strict: false });
    expect(await changes.findByPowensId(powensConnectionId)).toBeNull();
    await admissionOf(app).admit({ ...seen, remotes: [remote(powensConnectionId)] });
    expect(await changes.findByPowensId(powensConnectionId)).toMatchObject({
      status: 'unconfirmed',
      userId: seen.user.userId,
      owner: seen.owner,
    });
    const elsewhere = new ConnectionChangesRepository(databaseOf(app, 'other'));
    expect(await elsewhere.findByPowensId(powensConnectionId)).toBeNull();
  });
});

/** The database of an application, as another registration of the module sees it. */
function databaseOf(app: FlowApp, instance: string): ConnectionsDatabase {
  return new ConnectionsDatabase(app.app.get(DataSource), { instance, preparedStatements: true });
}
