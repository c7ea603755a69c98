import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { WebhookReceiver } from '../../__helpers__/webhook-receiver.js';
import { webhookEventNames } from '../../store/webhook-event.js';
import { SyncEvents } from './sync-events.service.js';

const DAY = 86_400;
const HORIZON = 'b1f3c0a2-6d4e-5b7a-8c91-0e2d4f6a8b10';
const LUMEN = '280a3719-d4b5-52e1-b308-7594b0d1f287';

interface Account {
  id: number;
  disabled: string | null;
  transactions: { id: number }[];
}

/** Optional products: registered for by the tests that are about them. */
const OPTIONAL: string[] = [
  'ACCOUNT_CATEGORIZED',
  'ACCOUNT_OWNERSHIPS_FOUND',
  'TRANSACTION_ATTACHMENTS_FOUND',
];

describe(SyncEvents.name, () => {
  let sandbox: SandboxHarness;
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    sandbox = await SandboxHarness.start();
    // One registration for all, as the order between registrations is nobody's promise: one path per event tells them.
    listen(webhookEventNames().filter((name) => !OPTIONAL.includes(name)));
  });
  afterEach(async () => {
    await sandbox.close();
    await receiver.close();
  });

  function listen(events: ReturnType<typeof webhookEventNames>): void {
    for (const event of events) {
      sandbox.webhooks.register({ event, url: receiver.url(`/${event}`) });
    }
  }

  /** What was told, in the order of `id_webhook_data`. */
  async function told(): Promise<{ event: string; body: Record<string, unknown> }[]> {
    await sandbox.webhooks.idle();
    return receiver.received
      .map(({ path, json }) => ({ event: path.slice(1), body: json }))
      .sort((one, other) => Number(one.body['id_webhook_data']) - Number(other.body['id_webhook_data']));
  }

  /** The names of what was told since the last time, runs of the same shortened. */
  async function names(): Promise<string[]> {
    const all = (await told()).map(({ event }) => event);
    receiver.clear();
    return all;
  }

  const accountsOf = (body: Record<string, unknown> | undefined): Account[] =>
    (body?.['connection'] as { accounts: Account[] }).accounts;

  const synced = (all: { event: string; body: Record<string, unknown> }[]): Record<string, unknown>[] =>
    all.filter(({ event }) => event === 'CONNECTION_SYNCED').map(({ body }) => body);

  it('should tell of a connect in the natural order, once the user is permanent', async () => {
    const callback = await sandbox.visit();
    expect(await names()).toEqual([]);
    await sandbox.exchange(callback.searchParams.get('code') ?? '');
    const all = await told();
    expect(all.map(({ event }) => event)).toEqual([
      'USER_CREATED',
      ...Array<string>(3).fill('ACCOUNT_FOUND'),
      ...Array<string>(3).fill('ACCOUNT_ENABLED'),
      'ACCOUNTS_FETCHED',
      ...Array<string>(3).fill('ACCOUNT_SYNCED'),
      'SUBSCRIPTION_FOUND',
      'SUBSCRIPTION_SYNCED',
      'CONNECTION_SYNCED',
    ]);
  });

  it('should tell of the user once, however many connections follow', async () => {
    const { token } = await sandbox.connectedUser();
    await names();
    const { json } = await sandbox.get('/2.0/auth/token/code?type=singleAccess', token);
    await sandbox.visit({ code: String(json['code']), connector_uuids: LUMEN }, {});
    expect(await names()).toEqual([
      'ACCOUNTS_FETCHED',
      'SUBSCRIPTION_FOUND',
      'SUBSCRIPTION_SYNCED',
      'CONNECTION_SYNCED',
    ]);
  });

  it('should say nothing of a temporary user, and nothing of its purge', async () => {
    await sandbox.visit();
    await sandbox.advanceClock(3600);
    await sandbox.get('/2.0/connectors');
    expect(sandbox.ledger.users).toMatchObject([{ deleted: true }]);
    expect(await names()).toEqual([]);
  });

  it('should tell of a permanent user at once', async () => {
    const { id } = await sandbox.permanentUser();
    expect((await told()).map(({ event, body }) => [event, body['id']])).toEqual([['USER_CREATED', id]]);
  });

  it('should ship the whole history first, then what is new only', async () => {
    const { token, connectionId } = await sandbox.connectedUser();
    const [first] = synced(await told());
    const [whole] = accountsOf(first);
    expect(whole?.transactions.length).toBeGreaterThan(100);
    receiver.clear();
    await sandbox.advanceClock(61);
    await sandbox.call('PUT', `/2.0/users/me/connections/${connectionId}`, { bearer: token });
    expect(accountsOf(synced(await told())[0])[0]?.transactions).toEqual([]);
    receiver.clear();
    await sandbox.advanceClock(DAY);
    const [night] = synced(await told());
    const fresh = accountsOf(night)[0]?.transactions ?? [];
    expect(fresh).toHaveLength(1);
    expect(fresh[0]?.id).toBeGreaterThan(whole?.transactions[0]?.id ?? Infinity);
    const { json } = await sandbox.get('/2.0/users/me/transactions?limit=1000', token);
    expect((json['transactions'] as { id: number }[]).map(({ id }) => id)).toContain(fresh[0]?.id);
  });

  it('should tell of a state as of a synchronisation that failed', async () => {
    const { connectionId } = await sandbox.connectedUser();
    await names();
    await sandbox.post(`/sandbox/connections/${connectionId}`, { state: 'wrongpass' });
    const all = await told();
    expect(all.map(({ event }) => event)).toEqual(['CONNECTION_SYNCED']);
    expect(all[0]?.body['connection']).toMatchObject({
      id: Number(connectionId),
      state: 'wrongpass',
      error: 'wrongpass',
      error_message: 'Identifiant ou mot de passe incorrect',
      last_update: null,
    });
    const [known] = accountsOf(all[0]?.body);
    expect(known?.transactions).toEqual([]);
    receiver.clear();
    await sandbox.post('/sandbox/settings', { accountsOnFailure: 'none' });
    await sandbox.post(`/sandbox/connections/${connectionId}`, { state: 'bug' });
    expect(accountsOf((await told())[0]?.body)).toEqual([]);
    receiver.clear();
    await sandbox.post(`/sandbox/connections/${connectionId}`, { state: null });
    expect((await names()).at(-1)).toBe('CONNECTION_SYNCED');
    await sandbox.post(`/sandbox/connections/${connectionId}`, { accessExpire: '2027-01-01T00:00:00Z' });
    expect(await names()).toEqual([]);
  });

  it('should tell of a reconnect', async () => {
    const { token, connectionId } = await sandbox.connectedUser();
    await sandbox.post(`/sandbox/connections/${connectionId}`, { state: 'wrongpass' });
    await names();
    const { json } = await sandbox.get('/2.0/auth/token/code?type=singleAccess', token);
    const url = sandbox.webviewUrl(
      { code: String(json['code']), connection_id: connectionId },
      '/en/reconnect',
    );
    await sandbox.post('/sandbox/webview', { url });
    expect(synced(await told())).toMatchObject([{ connection: { id: Number(connectionId), state: null } }]);
  });

  it('should tell of a consent that ended, while nobody looks', async () => {
    const { connectionId } = await sandbox.connectedUser({ connector_uuids: HORIZON });
    await names();
    await sandbox.advanceClock(181 * DAY);
    const states = synced(await told()).map((body) => body['connection']);
    expect(states).toMatchObject([
      { id: Number(connectionId), state: null },
      { id: Number(connectionId), state: 'webauthRequired' },
    ]);
  });

  it('should tell of consents given and taken back, not of those that stay', async () => {
    const { token } = await sandbox.connectedUser();
    const [account] = accountsOf(synced(await told())[0]);
    receiver.clear();
    const path = `/2.0/users/me/accounts/${account?.id}?all`;
    for (const disabled of [true, true, false]) {
      await sandbox.call('PUT', path, { bearer: token, body: { disabled } });
    }
    expect((await told()).map(({ event, body }) => [event, body['disabled'] === null])).toEqual([
      ['ACCOUNT_DISABLED', false],
      ['ACCOUNT_ENABLED', true],
    ]);
  });

  it('should tell of deletions', async () => {
    const { token, connectionId } = await sandbox.connectedUser();
    await names();
    await sandbox.call('DELETE', `/2.0/users/me/connections/${connectionId}`, { bearer: token });
    await sandbox.call('DELETE', '/2.0/users/me', { bearer: token });
    const all = await told();
    expect(all.map(({ event, body }) => [event, body['id']])).toEqual([
      ['CONNECTION_DELETED', Number(connectionId)],
      ['USER_DELETED', sandbox.ledger.users[0]?.id],
    ]);
  });
});
