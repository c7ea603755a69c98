import {
  ConnectionsService,
  type ConnectionCreatedEvent,
  type ConnectionsRequest,
  type OwnerLike,
} from 'nestjs-powens-connections';
import { CustomConnectionsService } from 'nestjs-powens-connections/custom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../helpers/flow/browser.js';
import { CONNECTORS, LOGIN } from '../../helpers/flow/custom.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { advance, connectionsOf } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { connect, start, until, visitWebview } from '../../helpers/flow/person.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

const COOKIE = 'powens-binding';
const SHAPE =
  'connectorName connectorUuid createdAt expiresAt id lastSyncedAt powensConnectionId requiredAction state';

/** An organisation and who acts for it, as JSON in a header. */
const ownerIn = ({ headers }: ConnectionsRequest): OwnerLike => {
  const header = headers['x-user'];
  return typeof header === 'string' ? (JSON.parse(header) as OwnerLike) : null;
};

describe.each(['webview-first', 'server-first'] as const)(
  'what is kept with a connection, %s',
  (provisioning) => {
    let app: FlowApp;
    let service: ConnectionsService;

    beforeAll(async () => {
      app = await startFlowApp({
        options: { provisioning, owner: { resolveOwner: ownerIn, resolvePrincipal: ownerIn } },
        extras: { customConnections: true },
      });
      service = app.app.get(ConnectionsService);
    });

    afterAll(async () => {
      await app.close();
    });

    const browserOf = (owner: unknown): Browser => app.browser(JSON.stringify(owner));

    async function createdBy(attemptId: string, count = 1): Promise<readonly ConnectionCreatedEvent[]> {
      const own = (): ConnectionCreatedEvent[] =>
        app.events.filter((event) => event.attemptId === attemptId) as ConnectionCreatedEvent[];
      await until(() => own().length === count);
      return own();
    }

    /** Starts by the service, as a host with routes of its own does, and goes through the webview. */
    async function startedByHost(
      owner: string,
      metadata: Record<string, string>,
      connections = 1,
    ): Promise<readonly ConnectionCreatedEvent[]> {
      const browser = browserOf({ id: owner });
      const request = { metadata, maxConnections: connections };
      const { attemptId, url, binding } = await service.start(owner, request);
      browser.cookies.set(COOKIE, binding);
      expect((await browser.get(await visitWebview(app, url, { connections }))).status).toBe(303);
      return createdBy(attemptId, connections);
    }

    describe('who connected it', () => {
      it('should be told and kept, for each person of an organisation that shares its connections [F5]', async () => {
        const [ann, ben] = [browserOf({ id: 'acme', actor: 'ann' }), browserOf({ id: 'acme', actor: 'ben' })];
        const events = [];
        for (const browser of [ann, ben]) {
          const { started } = await connect(app, browser);
          events.push(...(await createdBy(started.attemptId)));
        }
        expect(events.map(({ ownerId, data }) => [ownerId, data.connectedBy])).toEqual([
          ['acme', 'ann'],
          ['acme', 'ben'],
        ]);
        expect(events[0]?.powensUserId).toBe(events[1]?.powensUserId);
        const rows = await sql(
          app,
          `SELECT connected_by FROM powens_connection WHERE owner_id = 'acme' ORDER BY id`,
        );
        expect(rows).toEqual([{ connected_by: 'ann' }, { connected_by: 'ben' }]);
        const [seen] = await connectionsOf(ben);
        expect(await connectionsOf(ann)).toHaveLength(2);
        expect(
          Object.keys(seen ?? {})
            .sort()
            .join(' '),
        ).toBe(SHAPE);
      });

      it('should be nobody where the resolver names owners only', async () => {
        const { started } = await connect(app, browserOf({ id: 'alone' }));
        const [event] = await createdBy(started.attemptId);
        expect(event?.data).toMatchObject({ connectedBy: null, metadata: {} });
      });

      it('should be whoever started, when a colleague opens the callback in the same browser', async () => {
        const ann = browserOf({ id: 'duo', actor: 'ann' });
        const { url, attemptId } = await start(ann);
        const callback = await visitWebview(app, url);
        const ben = browserOf({ id: 'duo', actor: 'ben' });
        for (const [name, value] of ann.cookies) ben.cookies.set(name, value);
        expect((await ben.get(callback)).status).toBe(303);
        expect((await createdBy(attemptId))[0]?.data.connectedBy).toBe('ann');
      });

      it.each(['', 'a'.repeat(256), 'a\u0000', 'a\nb', '\ud83c', 7, null, {}])(
        'should be refused with the owner when it is %j',
        async (actor) => {
          const answer = await browserOf({ id: 'acme', actor }).post('/connections/connect');
          expect(answer.status).toBe(401);
          expect(answer.json()).toMatchObject({ code: 'unauthenticated' });
        },
      );

      it('should be told of a connection without the webview', async () => {
        const fields = { website: 'par', ...LOGIN };
        const owner = { id: 'direct', actor: 'm'.repeat(255) };
        await connect(app, browserOf({ id: owner.id }));
        const custom = app.app.get(CustomConnectionsService);
        const { connectionId } = await custom.create(owner, { connectorUuid: CONNECTORS.plain, fields });
        const find = (): unknown => app.events.find((event) => event.connectionId === connectionId);
        await until(() => find() !== undefined);
        expect(find()).toMatchObject({ data: { connectedBy: owner.actor } });
      });
    });

    describe('metadata', () => {
      it('should go from the start to each connection and its event [F4]', async () => {
        const metadata = { project: 'atlas', note: '"quoted" \\u0041 é \u{1f3e6}' };
        const events = await startedByHost('meta', metadata, 2);
        for (const { connectionId, data } of events) {
          expect(data.metadata).toEqual(metadata);
          expect(await service.getMetadata('meta', connectionId ?? '')).toEqual(metadata);
        }
      });

      it('should be replaced as a whole, and stay when Powens tells something new [F4]', async () => {
        const [event] = await startedByHost('replaced', { a: '1', b: '2' });
        const id = event?.connectionId ?? '';
        await service.setMetadata('replaced', id, { b: '3' });
        await advance(app, 120);
        await service.sync('replaced', id);
        expect(await service.getMetadata('replaced', id)).toEqual({ b: '3' });
        await service.setMetadata('replaced', id, {});
        expect(await service.getMetadata('replaced', id)).toEqual({});
        // What was given at the start is no longer told by a connection that comes later.
        const [later] = await startedByHost('replaced', {});
        expect(later?.data.metadata).toEqual({});
      });

      it('should be as absent as the connection for another owner, and for one that is gone [F2]', async () => {
        const [event] = await startedByHost('mine', { a: '1' });
        const id = event?.connectionId ?? '';
        await service.delete('mine', (await startedByHost('mine', {}))[0]?.connectionId ?? '');
        for (const [owner, which] of [
          ['other', id],
          [{ id: 'mine', tenant: 'other' }, id],
          ['mine', 'no-uuid'],
          ['mine', '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77'],
        ] as const) {
          expect(await failureOf(service.getMetadata(owner, which))).toMatchObject({ code: 'not_found' });
          const write = service.setMetadata(owner, which, { a: '2' });
          expect(await failureOf(write)).toMatchObject({ code: 'not_found' });
        }
        expect(await service.getMetadata('mine', id)).toEqual({ a: '1' });
        await service.delete('mine', id);
        expect(await failureOf(service.getMetadata('mine', id))).toMatchObject({ code: 'not_found' });
      });

      it('should be refused when it is not flat or too much, before anything is asked of Powens', async () => {
        const calls = app.sandbox.ledger().calls.length;
        const bad = { long: 'x'.repeat(513) };
        expect(await failureOf(service.start('bad', { metadata: bad }))).toMatchObject({
          code: 'invalid_request',
        });
        expect(app.sandbox.ledger().calls).toHaveLength(calls);
        const [event] = await startedByHost('bad', {});
        const write = service.setMetadata('bad', event?.connectionId ?? '', bad);
        expect(await failureOf(write)).toMatchObject({ code: 'invalid_request' });
      });

      it('should not be taken from a browser', async () => {
        const browser = browserOf({ id: 'browser' });
        for (const answer of [
          await browser.post('/connections/connect', { metadata: { a: '1' } }),
          await browser.get('/connections/connect?metadata=a'),
          await browser.get('/connections/connect?metadata[a]=1'),
          await browser.post('/connections/manage', { metadata: { a: '1' } }),
        ]) {
          expect(answer.status).toBe(400);
          expect(answer.json()).toMatchObject({ code: 'invalid_request' });
        }
      });

      it('should go with its owner, like who connected it [TC-24]', async () => {
        const metadata = { project: 'secret-project-of-nobody' };
        await startedByHost('leaving', metadata);
        await service.start({ id: 'leaving', actor: 'actor-who-leaves' }, { metadata });
        await service.erase('leaving');
        await until(() =>
          app.events.some(({ ownerId, type }) => ownerId === 'leaving' && type === 'user.deleted'),
        );
        for (const table of ['powens_attempt', 'powens_connection', 'powens_outbox', 'powens_user']) {
          const rows = await sql(app, `SELECT 1 FROM ${table} t WHERE t::text ~ 'secret-project|actor-who'`);
          expect(rows).toEqual([]);
        }
      });
    });
  },
);
