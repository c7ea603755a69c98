import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { WebhookReceiver } from '../../__helpers__/webhook-receiver.js';
import { webhookEventNames } from '../../store/webhook-event.js';
import type { WebhookEventName } from '../../store/webhook-event.js';
import { WebhookPayloads } from './webhook-payloads.service.js';

const DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const someDate: unknown = expect.stringMatching(DATE);
const someId: unknown = expect.any(Number);

describe(WebhookPayloads.name, () => {
  let sandbox: SandboxHarness;
  let receiver: WebhookReceiver;
  let idConnection: number;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
    receiver = await WebhookReceiver.start();
    for (const event of webhookEventNames()) {
      sandbox.webhooks.register({ event, url: receiver.url(`/${event}`) });
    }
    const { connectionId, token } = await sandbox.connectedUser();
    idConnection = Number(connectionId);
    await sandbox.call('DELETE', `/2.0/users/me/connections/${connectionId}`, { bearer: token });
    await sandbox.call('DELETE', '/2.0/users/me', { bearer: token });
    await sandbox.webhooks.idle();
  });
  afterAll(async () => {
    await sandbox.close();
    await receiver.close();
  });

  const idUser = (): number => sandbox.ledger.users[0]?.id ?? 0;

  function bodyOf(event: WebhookEventName): Record<string, unknown> {
    return receiver.received.find(({ path }) => path === `/${event}`)?.json ?? {};
  }

  it.each(['USER_CREATED', 'USER_DELETED'] as const)('should write %s as a user', (event) => {
    const user = { id: idUser(), signin: someDate, platform: 'sharedAccess' };
    expect(bodyOf(event)).toEqual({ ...user, id_webhook_data: someId });
  });

  it('should write CONNECTION_SYNCED with what is inside, transactions included', () => {
    const body = bodyOf('CONNECTION_SYNCED');
    expect(Object.keys(body)).toEqual(['user', 'connection', 'id_webhook_data']);
    expect(body['connection']).toMatchObject({
      id: idConnection,
      id_user: idUser(),
      state: null,
      error: null,
      last_update: someDate,
      last_push: null,
      connector: {
        id: 40,
        uuid: '338178e6-3d01-564f-9a7b-52ca442459bf',
        name: 'Connecteur de test',
        charged: false,
        auth_mechanism: 'credentials',
      },
      sources: [{ id: someId, id_connection: idConnection, name: 'directaccess', state: null }],
      subscriptions: [{ id: someId, documents: Array.from({ length: 12 }, () => ({})) }],
    });
    const { accounts } = body['connection'] as { accounts: Record<string, unknown>[] };
    expect(accounts).toHaveLength(3);
    expect(accounts[0]).toMatchObject({ disabled: null, investments: [], market_orders: [] });
    expect((accounts[0]?.['transactions'] as object[])[0]).toMatchObject({
      id: someId,
      id_account: accounts[0]?.['id'],
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown,
      value: someId,
      wording: expect.any(String) as unknown,
      coming: false,
      active: true,
      deleted: null,
      last_update: someDate,
    });
  });

  it('should write ACCOUNTS_FETCHED before any transaction', () => {
    const { accounts } = bodyOf('ACCOUNTS_FETCHED')['connection'] as { accounts: Record<string, unknown>[] };
    expect(accounts.map((one) => 'transactions' in one)).toEqual([false, false, false]);
  });

  it('should write ACCOUNT_FOUND short, and disabled', () => {
    expect(bodyOf('ACCOUNT_FOUND')).toEqual({
      id: someId,
      id_user: idUser(),
      id_connection: idConnection,
      disabled: someDate,
      type: 'checking',
      id_webhook_data: someId,
    });
  });

  it('should write ACCOUNT_ENABLED and ACCOUNT_SYNCED as accounts at the root', () => {
    const owner = { id_user: idUser(), id_connection: idConnection, disabled: null };
    expect(bodyOf('ACCOUNT_ENABLED')).toMatchObject(owner);
    const synced = bodyOf('ACCOUNT_SYNCED');
    expect(synced).toMatchObject({ ...owner, investments: [] });
    expect((synced['transactions'] as object[]).length).toBeGreaterThan(100);
  });

  it('should write ACCOUNT_CATEGORIZED so that only its transactions name the account', () => {
    const { transactions, ...rest } = bodyOf('ACCOUNT_CATEGORIZED');
    expect(Object.keys(rest)).toEqual(['id_webhook_data']);
    expect((transactions as object[])[0]).toMatchObject({
      id: someId,
      id_account: someId,
      categories: [{ code: expect.any(String) as unknown }],
      date_scraped: someDate,
    });
  });

  it('should write the ownerships of new accounts, and attachments of one transaction [P15]', () => {
    expect(bodyOf('ACCOUNT_OWNERSHIPS_FOUND')['account_ownerships']).toHaveLength(3);
    expect(bodyOf('TRANSACTION_ATTACHMENTS_FOUND')).toMatchObject({
      id_connection: idConnection,
      id_account: someId,
      id_transaction: someId,
      attachments: [{ id: someId }],
    });
  });

  it('should write subscriptions, found and synchronised', () => {
    const owner = { id: someId, id_user: idUser(), id_connection: idConnection };
    expect(bodyOf('SUBSCRIPTION_FOUND')).toEqual({ ...owner, id_webhook_data: someId });
    expect(bodyOf('SUBSCRIPTION_SYNCED')).toMatchObject({
      ...owner,
      disabled: null,
      documents: Array.from({ length: 12 }, () => ({})),
    });
  });

  it('should write CONNECTION_DELETED as a connection at the root', () => {
    expect(bodyOf('CONNECTION_DELETED')).toMatchObject({
      id: idConnection,
      id_user: idUser(),
      id_connector: 40,
      state: null,
    });
  });

  it('should number every body, each higher than those told before it', () => {
    const numbers = receiver.received.map(({ json }) => Number(json['id_webhook_data']));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((one) => Number.isInteger(one) && one > 0)).toBe(true);
  });
});
