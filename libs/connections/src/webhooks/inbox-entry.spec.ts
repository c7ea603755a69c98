import { describe, expect, it } from 'vitest';
import { dedupeKeyOf, erasureMarkOf, orderKeyOf, scopeOf, subjectOf } from './inbox-entry.js';
import type { PowensWebhookEvent } from '../events/powens-webhook-events.js';
import { summaryOf, type WebhookSummary } from './body/webhook-summary.js';

async function summary(body: object | string): Promise<WebhookSummary | null> {
  return summaryOf([Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))]);
}

const user = { id: 412, signin: '2026-03-14 10:20:01', platform: 'sharedAccess' };
const connection = { id: 1187, id_user: 412, id_connector: 40, state: null };
const account = { id: 5301, id_user: 412, id_connection: 1187, disabled: null, type: 'checking' };

/** Every row of the protocol notes, section 7.6. */
const BODIES: [PowensWebhookEvent, object, string | null, string | null][] = [
  ['USER_CREATED', user, '412', null],
  ['USER_DELETED', user, '412', null],
  ['CONNECTION_SYNCED', { user, connection }, '412', '1187'],
  ['ACCOUNTS_FETCHED', { user, connection }, '412', '1187'],
  ['CONNECTION_SYNCED', { connection }, '412', '1187'],
  ['CONNECTION_DELETED', connection, '412', '1187'],
  ['CONNECTION_DELETED', { ...connection, id_user: null }, null, '1187'],
  ['ACCOUNT_FOUND', account, '412', '1187'],
  ['ACCOUNT_SYNCED', { ...account, transactions: [{ id: 1 }] }, '412', '1187'],
  ['ACCOUNT_ENABLED', account, '412', '1187'],
  ['ACCOUNT_DISABLED', { ...account, id_user: null }, null, '1187'],
  ['ACCOUNT_DISABLED', { ...account, id_user: null, id_connection: null }, null, null],
  ['SUBSCRIPTION_FOUND', { id: 7, id_user: 412, id_connection: 1187 }, '412', '1187'],
  ['SUBSCRIPTION_SYNCED', { id: 7, id_user: 412, id_connection: 1187, documents: [] }, '412', '1187'],
  ['ACCOUNT_CATEGORIZED', { transactions: [{ id_account: 5301 }] }, null, null],
  [
    'ACCOUNT_OWNERSHIPS_FOUND',
    { account_ownerships: [{ id_account: 5301, id_user: 412, id_connection: 1187 }] },
    '412',
    '1187',
  ],
  ['ACCOUNT_OWNERSHIPS_FOUND', { account_ownerships: [] }, null, null],
  ['ACCOUNT_OWNERSHIPS_FOUND', { account_ownerships: { id_user: 412, id_connection: 1187 } }, null, null],
  [
    'TRANSACTION_ATTACHMENTS_FOUND',
    { id_connection: 1187, id_account: 5301, id_transaction: 9, attachments: [] },
    null,
    '1187',
  ],
  ['USER_SYNCED', { user, connections: [connection] }, '412', null],
  ['PAYMENT_STATE_UPDATED', { id: 'b3c9', state: 'done' }, null, null],
];

describe(subjectOf.name, () => {
  it.each(BODIES)('should find out of %s %j whose it is [protocol 7.6]', async (event, body, userId, id) => {
    const subject = subjectOf(event, await summary({ ...body, id_webhook_data: 90211 }));
    expect(subject).toEqual({ webhookDataId: '90211', powensUserId: userId, powensConnectionId: id });
  });

  it.each(['9007199254740993', '9223372036854775807', '1234567890123456789'])(
    'should keep each digit of the id %s [W16, RL-19]',
    async (id) => {
      const body = `{"id_webhook_data": ${id}, "id": ${id}, "id_user": ${id}}`;
      expect(subjectOf('CONNECTION_DELETED', await summary(body))).toEqual({
        webhookDataId: id,
        powensUserId: id,
        powensConnectionId: id,
      });
    },
  );

  it.each([
    '0',
    '-1',
    '1.5',
    '"1e3"',
    '1e400',
    '12345678901234567890',
    '"0x1"',
    '" 1"',
    '"1\\n"',
    '"١"',
    'true',
    '[1]',
    '{}',
  ])('should take %s for no id [G05]', async (id) => {
    const subject = subjectOf('CONNECTION_DELETED', await summary(`{"id": ${id}, "id_user": ${id}}`));
    expect(subject).toEqual({ webhookDataId: null, powensUserId: null, powensConnectionId: null });
  });

  it('should find nothing in what is not an object', async () => {
    for (const body of ['[]', '1', '"x"', 'null', '', '{', '{"id":1}x']) {
      expect(subjectOf('CONNECTION_DELETED', await summary(body))).toEqual({
        webhookDataId: null,
        powensUserId: null,
        powensConnectionId: null,
      });
    }
  });
});

describe(dedupeKeyOf.name, () => {
  const nobody = { webhookDataId: null, powensUserId: null, powensConnectionId: null };
  const bytes = [Buffer.from('{"id": 1}')];

  it('should be the id that Powens gave, without a look at the bytes [WH-06]', async () => {
    const unread: Iterable<Buffer> = {
      [Symbol.iterator]: () => {
        throw new Error('they were read');
      },
    };
    const subject = { ...nobody, webhookDataId: '90211' };
    expect(await dedupeKeyOf('CONNECTION_DELETED', subject, unread)).toBe('90211');
    expect(await dedupeKeyOf('USER_DELETED', subject, unread)).toBe('90211');
  });

  it('should be an id of one sender where each speaks for one user alone', async () => {
    const subject = { ...nobody, webhookDataId: '90211' };
    expect(await dedupeKeyOf('USER_DELETED', subject, [], '412')).toBe('412:90211');
  });

  it('should tell webhooks without an id by event and bytes, however they are cut', async () => {
    const key = await dedupeKeyOf('USER_DELETED', nobody, bytes);
    expect(key).toMatch(/^sha256:[\w-]{43}$/);
    expect(
      await dedupeKeyOf(
        'USER_DELETED',
        nobody,
        [...'{"id": 1}'].map((each) => Buffer.from(each)),
      ),
    ).toBe(key);
    expect(await dedupeKeyOf('USER_CREATED', nobody, bytes)).not.toBe(key);
    expect(await dedupeKeyOf('USER_DELETED', nobody, [Buffer.from('{"id": 2}')])).not.toBe(key);
  });
});

describe(orderKeyOf.name, () => {
  const webhookDataId = '90211';

  it('should keep webhooks of one connection in order, others within their user, the rest by themselves [RL-22]', () => {
    const of = (powensUserId: string | null, powensConnectionId: string | null): string =>
      orderKeyOf({ webhookDataId, powensUserId, powensConnectionId }, webhookDataId);
    expect(of('412', '1187')).toBe(of(null, '1187'));
    expect(of('412', null)).toBe(of('412', null));
    const keys = [of('412', '1187'), of('412', null), of('1187', null), of(null, '412'), of(null, null)];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('should keep the connection of one sender apart from that of another who speaks for one user alone', () => {
    const subject = { webhookDataId, powensUserId: '412', powensConnectionId: '1187' };
    const keys = ['412', '413', null].map((scope) => orderKeyOf(subject, webhookDataId, scope));
    expect(keys).toEqual(['connection:412:1187', 'connection:413:1187', 'connection:1187']);
  });

  it('should fit into its column, however long the ids are', () => {
    const longest = '9'.repeat(19);
    const subject = { webhookDataId: null, powensUserId: longest, powensConnectionId: longest };
    expect(orderKeyOf(subject, longest).length).toBeLessThanOrEqual(64);
  });
});

describe('who an id belongs to', () => {
  it('should be the user of the sender with bearer tokens, and Powens where it signs itself', () => {
    const subject = { webhookDataId: null, powensUserId: '412', powensConnectionId: null };
    expect((['bearer', 'hmac', 'oauth'] as const).map((auth) => scopeOf(auth, subject))).toEqual([
      '412',
      null,
      null,
    ]);
  });

  it('should be marked as erased by a hash, of its own for each instance and user', () => {
    const marks = [
      erasureMarkOf('default', '412'),
      erasureMarkOf('default', '413'),
      erasureMarkOf('second', '412'),
    ];
    for (const mark of marks) expect(mark).toMatch(/^erased:[\w-]{43}$/);
    expect(new Set(marks).size).toBe(3);
    // No user's id and no instance's name can be cut so that another one's mark comes out.
    expect(erasureMarkOf('default4', '12')).not.toBe(marks[0]);
    expect(erasureMarkOf('default', '412')).toBe(marks[0]);
    expect(erasureMarkOf('default', null)).toBe('');
  });
});
