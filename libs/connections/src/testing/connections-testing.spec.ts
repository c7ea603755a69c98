import { Injectable, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionsModule } from '../connections.module.js';
import { InjectConnections } from '../connections.tokens.js';
import { CONNECTIONS_ERROR_CODES } from '../errors/index.js';
import { OnConnectionEvent, type ConnectionEvent } from '../events/index.js';
import { PowensService } from '../flow/bank-data/powens.service.js';
import { WebhookPayloads } from '../flow/bank-data/webhook-payloads.service.js';
import { ShareLinksService } from '../flow/links/share-links.service.js';
import { ConnectionsService } from '../flow/connections.service.js';
import { HostRoutesService } from '../http/host-routes/host-routes.service.js';
import { ConnectionsTesting } from './connections-testing.js';
import { ConnectionsTestingModule } from './connections-testing.module.js';

@Injectable()
class HostHandlers {
  readonly heard: string[] = [];
  failure: Error | null = null;

  @OnConnectionEvent('*')
  any({ type, ownerId }: ConnectionEvent): void {
    if (this.failure !== null) throw this.failure;
    this.heard.push(`${type} ${ownerId}`);
  }
}

describe('ConnectionsTestingModule', () => {
  let module: INestApplicationContext;
  let testing: ConnectionsTesting;
  let service: ConnectionsService;
  let handlers: HostHandlers;

  beforeEach(async () => {
    module = await (
      await Test.createTestingModule({
        imports: [ConnectionsTestingModule.register()],
        providers: [HostHandlers],
      }).compile()
    ).init();
    testing = module.get(ConnectionsTesting);
    service = module.get(ConnectionsService);
    handlers = module.get(HostHandlers);
  });

  afterEach(async () => {
    await module.close();
  });

  it('should provide everything that ConnectionsModule exports without routes', () => {
    const { exports: exported = [] } = ConnectionsModule.forRoot({} as never);
    expect(exported.length).toBeGreaterThan(5);
    for (const token of exported.filter((one) => one !== HostRoutesService) as never[]) {
      expect(module.get(token)).toBeDefined();
    }
  });

  it('should provide the services of a registration with a name under its tokens, as the application injects them [H24]', async () => {
    @Injectable()
    class Overview {
      constructor(
        @InjectConnections('insurance') readonly connections: ConnectionsService,
        @InjectConnections(PowensService, 'insurance') readonly powens: PowensService,
      ) {}
    }
    const named = await Test.createTestingModule({
      imports: [ConnectionsTestingModule.register({ instance: 'insurance' })],
      providers: [Overview],
    }).compile();
    const { connections, powens } = named.get(Overview);
    const connection = await named.get(ConnectionsTesting).connect('alice');
    expect((await connections.list('alice')).items).toEqual([connection]);
    expect(await powens.forOwner('alice').accounts()).toEqual([]);
    await named.close();
  });

  it('should report what an application does: who connected, and codes that exist', async () => {
    await testing.connect({ id: 'acme', actor: 'ann' });
    expect(testing.events.at(-1)).toMatchObject({ ownerId: 'acme', data: { connectedBy: 'ann' } });
    const { data } = await testing.emit('attempt.failed', { ownerId: 'acme' });
    expect(CONNECTIONS_ERROR_CODES).toContain(data.error);
  });

  it('should call the handlers of the host, and record the event', async () => {
    const data = { expiresAt: '2026-03-14T00:00:00.000Z' };
    const event = await testing.emit('connection.expiring', { ownerId: 'alice', data });
    expect(handlers.heard).toEqual(['connection.expiring alice']);
    expect(testing.events).toEqual([event]);
    expect(event).toMatchObject({ version: 1, tenant: '', instance: 'default', data });
  });

  it('should pass on what a handler throws', async () => {
    handlers.failure = new Error('the database of the host is down');
    await expect(testing.emit('user.created', { ownerId: 'alice' })).rejects.toMatchObject({
      errors: [handlers.failure],
    });
  });

  it('should keep owners apart as the real service does', async () => {
    const connection = await testing.connect('alice', { connectorName: 'My bank' });
    expect(await service.get('alice', connection.id)).toEqual(connection);
    expect((await service.list('alice')).items).toEqual([connection]);
    expect((await service.list('bob')).items).toEqual([]);
    for (const other of ['bob', { id: 'alice', tenant: 'other' }]) {
      await expect(service.get(other, connection.id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(service.delete(other, connection.id)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(service.list(null)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('should run a flow from start to deletion', async () => {
    const { attemptId } = await service.start('alice', { metadata: { reason: 'test' } });
    expect((await service.getAttempt('alice', attemptId)).status).toBe('pending');
    const { id } = await testing.complete(attemptId);
    expect(await service.getAttempt('alice', attemptId)).toMatchObject({
      status: 'connected',
      connectionIds: [id],
    });
    expect(await service.getMetadata('alice', id)).toEqual({ reason: 'test' });
    expect((await testing.setState(id, 'wrongpass')).requiredAction).toBe('reconnect');
    expect((await service.reconnect('alice', id)).attemptId).not.toBe(attemptId);
    await testing.setState(id, null);
    await service.delete('alice', id);
    expect(handlers.heard).toEqual(
      ['created', 'action_required', 'recovered', 'deleted'].map((word) => `connection.${word} alice`),
    );
    await expect(service.get('alice', id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('should open a share link once, for its owner, until it is revoked', async () => {
    const links = module.get(ShareLinksService);
    const { token } = await links.create('alice', { metadata: { reason: 'mail' } });
    await expect(links.open('bob', token)).rejects.toMatchObject({ code: 'not_found' });
    const { attemptId } = await links.open('alice', token);
    expect(await service.getMetadata('alice', (await testing.complete(attemptId)).id)).toEqual({
      reason: 'mail',
    });
    await expect(links.open('alice', token)).rejects.toMatchObject({ code: 'not_found' });
    const other = await links.create('alice');
    await expect(links.revoke('bob', other.id)).rejects.toMatchObject({ code: 'not_found' });
    await links.revoke('alice', other.id);
    const old = await links.create('alice', { expiresInMinutes: -1 });
    for (const gone of [other, old]) {
      await expect(links.open('alice', gone.token)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('should keep a connection in quarantine until it is confirmed', async () => {
    const { id } = await testing.connectUnconfirmed('alice');
    expect((await service.list('alice')).items).toEqual([]);
    expect(await service.listUnconfirmed('alice')).toMatchObject([{ id }]);
    await service.confirm('alice', id);
    expect((await service.list('alice')).items).toMatchObject([{ id }]);
    expect(handlers.heard).toEqual(['connection.unconfirmed alice', 'connection.created alice']);
  });

  it('should answer the bank data that the test gave, to owners with a token', async () => {
    const powens = module.get(PowensService);
    const accounts = [{ id: '1' }] as never;
    await expect(powens.forOwner('alice').accounts()).rejects.toMatchObject({ code: 'not_connected' });
    await testing.connect('alice');
    testing.setBankData('alice', { accounts, get: { '/users/me': { id: 1 } } });
    expect(await powens.forOwner('alice').accounts()).toEqual(accounts);
    expect(await powens.forOwner('alice').transactions().all()).toEqual([]);
    expect(await powens.forOwner('alice').get('/users/me')).toEqual({ id: 1 });
    expect(await service.withToken('alice', (token) => typeof token)).toBe('object');
    await service.erase('alice');
    await expect(powens.forOwner('alice').accounts()).rejects.toMatchObject({ code: 'not_connected' });
  });

  it('should read the payload of an event, and forget everything on reset', async () => {
    const event = await testing.emit('connection.synced', { ownerId: 'alice' });
    testing.setPayload(event.id, { transactions: [{ id: '7' }] as never });
    const read: unknown[] = [];
    for await (const one of module.get(WebhookPayloads).transactions(event)) read.push(one);
    expect(read).toEqual([{ id: '7' }]);
    testing.reset();
    expect(testing.events).toEqual([]);
    expect((await service.list('alice')).items).toEqual([]);
  });
});
