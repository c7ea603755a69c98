import { ConnectionsError, ConnectionsService, PowensService } from 'nestjs-powens-connections';
import { CustomConnectionsService } from 'nestjs-powens-connections/custom';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTORS, LOGIN, madeUpCredential } from '../../helpers/flow/custom.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { clearFaults, connectedOwner, outbound, plant, snapshot, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { answerWith, failureOf } from '../../helpers/upstream/upstream.js';
import { hold } from '../../helpers/flow/hold.js';

describe('custom connections by service', () => {
  let app: FlowApp;
  let custom: CustomConnectionsService;

  beforeAll(async () => {
    app = await startFlowApp({
      options: { provisioning: 'server-first' },
      extras: { customConnections: true },
    });
    custom = app.app.get(CustomConnectionsService);
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await app.close();
  });

  const eventsOf = (owner: string): string[] =>
    app.events.filter(({ ownerId }) => ownerId === owner).map(({ type }) => type);

  const live = (): number => app.sandbox.ledger().connections.filter(({ deleted }) => !deleted).length;

  it('should connect with credentials alone, and give data after the consent', async () => {
    const step = await custom.create('ann', {
      connectorUuid: CONNECTORS.plain,
      fields: { website: 'par', ...LOGIN },
    });
    expect(step).toMatchObject({ next: 'done', state: null, fields: [], redirect: null });
    await until(() => eventsOf('ann').length > 0);
    expect(eventsOf('ann')).toEqual(['connection.created']);
    const powens = app.app.get(PowensService).forOwner('ann');
    expect(await powens.accounts()).toEqual([]);
    const ids = (await powens.accounts({ all: true })).map(({ id }) => id);
    await custom.consent('ann', step.connectionId, ids);
    expect((await powens.accounts()).map(({ id }) => id)).toEqual(ids);
  });

  it('should ask for a one-time code, refuse a wrong one, and take the right one', async () => {
    const asked = await custom.create('ben', { connectorUuid: CONNECTORS.oneTimeCode, fields: LOGIN });
    expect(asked).toMatchObject({ next: 'answer', state: 'additionalInformationNeeded' });
    expect(asked.fields).toMatchObject([{ name: 'otp', isRequired: true, regex: '^[0-9]{6}$' }]);
    const refused = await failureOf(custom.answer('ben', asked.connectionId, { fields: { otp: '000000' } }));
    expect(refused).toMatchObject({ code: 'credentials_refused', failure: { status: 400 } });
    const done = await custom.answer('ben', asked.connectionId, { fields: { otp: '123456' } });
    expect(done).toMatchObject({ next: 'done', connectionId: asked.connectionId });
    await until(() => eventsOf('ben').includes('connection.recovered'));
  });

  it('should wait for a confirmation in an app without blocking', async () => {
    const asked = await custom.create('cat', { connectorUuid: CONNECTORS.decoupled, fields: LOGIN });
    expect(asked).toMatchObject({ next: 'confirm', state: 'decoupled' });
    expect(await custom.resume('cat', asked.connectionId)).toMatchObject({
      next: 'wait',
      state: 'validating',
    });
    await fetch(`${app.sandbox.url}/sandbox/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advanceSeconds: 10 }),
    });
    expect(await custom.resume('cat', asked.connectionId)).toMatchObject({ next: 'done', state: null });
  });

  it('should add nothing to an account that is being erased [TC-24]', async () => {
    await custom.create('eve', { connectorUuid: CONNECTORS.plain, fields: { website: 'par', ...LOGIN } });
    const creation = await hold(app, { method: 'POST', path: '/users/me/connections' });
    await plant(app, { kind: 'status', status: 503, method: 'DELETE', path: '/users/me', times: 5000 });
    const second = failureOf(
      custom.create('eve', { connectorUuid: CONNECTORS.plain, fields: { website: 'par', ...LOGIN } }),
    );
    await creation.arrived();
    await failureOf(app.app.get(ConnectionsService).erase('eve'));
    await creation.release();
    expect(await second).toMatchObject({ code: 'busy' });
    expect(await sql(app, `SELECT 1 FROM powens_connection WHERE owner_id = 'eve'`)).toHaveLength(1);
    await clearFaults(app);
    await app.app.get(ConnectionsService).erase('eve');
    await until(() => eventsOf('eve').includes('user.deleted'));
    expect(eventsOf('eve').filter((type) => type === 'connection.created').length).toBeLessThanOrEqual(1);
    expect(await sql(app, `SELECT 1 FROM powens_connection WHERE owner_id = 'eve'`)).toEqual([]);
  });

  it('should keep nothing of credentials that are refused, here and at Powens', async () => {
    const before = live();
    const password = madeUpCredential();
    const error = await failureOf(
      custom.create('dan', {
        connectorUuid: CONNECTORS.plain,
        fields: { website: 'par', login: 'test_login', password },
      }),
    );
    expect(error).toMatchObject({ code: 'credentials_refused' });
    expect(live()).toBe(before);
    expect(await sql(app, `SELECT id FROM powens_connection WHERE owner_id = 'dan'`)).toEqual([]);
    expect(JSON.stringify(error)).not.toContain(password);
  });

  it('should keep no credential anywhere, nor tell one that Powens echoes', async () => {
    const [login, password] = [madeUpCredential(), madeUpCredential()];
    await answerWith(
      app,
      '/users/me/connections',
      { code: 'invalidValue', description: `${login} ${password}` },
      { status: 400 },
    );
    const echoed = await failureOf(
      custom.create('eve', { connectorUuid: CONNECTORS.plain, fields: { login, password } }),
    );
    expect(echoed).toMatchObject({ failure: { description: '[redacted] [redacted]' } });
    expect(JSON.stringify(await snapshot(app))).not.toContain(password);
    expect(app.logger.lines.join('\n')).not.toContain(password);
  });

  it('should delete at Powens a connection that cannot be kept here', async () => {
    await sql(app, `ALTER TABLE powens_connection ADD CONSTRAINT no_zoe CHECK (owner_id <> 'zoe')`);
    const before = live();
    const request = { connectorUuid: CONNECTORS.plain, fields: { website: 'par', ...LOGIN } };
    expect(await failureOf(custom.create('zoe', request))).toMatchObject({ code: 'storage_failed' });
    expect(live()).toBe(before);
  });

  it('should not send credentials twice when the answer is lost [RL-05]', async () => {
    await plant(app, { kind: 'after', method: 'POST', path: '/users/me/connections' });
    const before = outbound(app).length;
    const error = await failureOf(
      custom.create('ann', { connectorUuid: CONNECTORS.plain, fields: { website: 'par', ...LOGIN } }),
    );
    expect(error).toMatchObject({ code: 'powens_timeout' });
    expect(
      outbound(app)
        .slice(before)
        .filter(({ method }) => method === 'POST'),
    ).toHaveLength(1);
  });

  it("should answer another owner's connection, and one deleted at Powens, as absent", async () => {
    const { connectionId } = await custom.create('fay', {
      connectorUuid: CONNECTORS.oneTimeCode,
      fields: LOGIN,
    });
    const answer = { fields: { otp: '123456' } };
    for (const act of [
      async () => custom.answer('ann', connectionId, answer),
      async () => custom.resume('ann', connectionId),
      async () => custom.consent('ann', connectionId, ['1']),
      async () => custom.resume('fay', 'not-a-uuid'),
    ]) {
      expect(await failureOf(act())).toMatchObject({ code: 'not_found' });
    }
    const [row] = await sql<{ id: string }>(
      app,
      `SELECT powens_connection_id AS id FROM powens_connection WHERE id = $1`,
      [connectionId],
    );
    await answerWith(app, `/users/me/connections/${row?.id}`, { code: 'notFound' }, { status: 404 });
    expect(await failureOf(custom.answer('fay', connectionId, answer))).toMatchObject({ code: 'not_found' });
    // One answer takes nothing away: a second look must agree.
    expect(await sql(app, `SELECT status FROM powens_loss WHERE subject_id = $1`, [connectionId])).toEqual([
      { status: 'suspected' },
    ]);
    expect(eventsOf('fay')).not.toContain('connection.deleted');
  });

  it.each([
    { connectorUuid: 'x', fields: {} },
    { connectorUuid: CONNECTORS.plain, fields: { resume: 'true' } },
    { connectorUuid: CONNECTORS.plain, fields: {}, returnTo: 'https://evil.example' },
  ])('should refuse %j before anything is sent', async (request) => {
    const before = outbound(app).length;
    expect(await failureOf(custom.create('ann', request))).toBeInstanceOf(ConnectionsError);
    expect(outbound(app)).toHaveLength(before);
  });

  it.each(['http://bank.example.test/x', 'javascript:alert(1)', 'Redirecting to https://bank.example.test'])(
    'should send no browser to %s',
    async (url) => {
      await answerWith(app, '/webauth-url', { url });
      expect(
        await failureOf(custom.create('gus', { connectorUuid: CONNECTORS.webauth, fields: {} })),
      ).toMatchObject({
        code: 'powens_response_invalid',
      });
    },
  );
});

describe('custom connections switched off', () => {
  it('should have neither service nor route', async () => {
    const app = await startFlowApp();
    try {
      expect(() => app.app.get(CustomConnectionsService)).toThrow();
      expect((await app.browser('ann').post('/connections/custom', {})).status).toBe(404);
    } finally {
      await app.close();
    }
  });

  it('should need server-first for an owner without a Powens user', async () => {
    const app = await startFlowApp({ extras: { customConnections: true } });
    try {
      const custom = app.app.get(CustomConnectionsService);
      const request = { connectorUuid: CONNECTORS.plain, fields: { website: 'par', ...LOGIN } };
      expect(await failureOf(custom.create('ann', request))).toMatchObject({ code: 'not_connected' });
      await connectedOwner(app, 'ben');
      expect(await custom.create('ben', request)).toMatchObject({ next: 'done' });
    } finally {
      await app.close();
    }
  });
});
