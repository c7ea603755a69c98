import { ConnectionsError, PowensApiError, PowensService, type AuditEntry } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { clearFaults, connectedOwner, outbound, plant, sql } from '../../helpers/flow/observe.js';
import {
  answerWith,
  CALLS_PER_RENEWAL,
  failureOf,
  renewals,
  revokeAtPowens,
} from '../../helpers/upstream/upstream.js';

let app: FlowApp;
let powens: PowensService;
const uses: AuditEntry[] = [];
const audit = (use: AuditEntry): void => {
  uses.push(use);
};

beforeAll(async () => {
  app = await startFlowApp({ options: { audit } });
  powens = app.app.get(PowensService);
  await connectedOwner(app, 'alice');
  await connectedOwner(app, 'bob');
});

beforeEach(() => {
  uses.length = 0;
});

afterEach(async () => {
  await clearFaults(app);
});

afterAll(async () => {
  await app.close();
});

/** Id at Powens of an owner's connection. */
async function connectionOf(owner: string): Promise<string> {
  const [row] = await sql<{ id: string }>(
    app,
    'SELECT powens_connection_id AS id FROM powens_connection WHERE owner_id = $1',
    [owner],
  );
  return row?.id ?? '';
}

describe('reading as an owner', () => {
  it('should read accounts with exact amounts and dates in UTC [J2] [J6]', async () => {
    const accounts = await powens.forOwner('alice').accounts();
    expect(accounts.length).toBeGreaterThan(0);
    for (const account of accounts) {
      expect(account).toMatchObject({ currency: 'EUR', isEnabled: true, disabledAt: null });
      expect(account.id).toMatch(/^\d+$/);
      expect(account.balance).toMatch(/^-?\d+(\.\d+)?$/);
      expect(account.lastUpdatedAt).toBeInstanceOf(Date);
    }
    expect((await powens.forOwner('alice').accounts({ all: true })).length).toBeGreaterThanOrEqual(
      accounts.length,
    );
  });

  it('should read all transactions, page by page [J3]', async () => {
    const alice = powens.forOwner({ id: 'alice' });
    const sizes: number[] = [];
    const ids = new Set<string>();
    let total: number | null = null;
    for await (const page of alice.transactions({ limit: 25 })) {
      sizes.push(page.items.length);
      page.items.forEach(({ id }) => ids.add(id));
      ({ total } = page);
    }
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBe(25);
    expect(ids.size).toBe(total);
    const [first] = (await alice.transactions({ limit: 1 }).page()).items;
    expect(first?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(first?.value).toMatch(/^-?\d+(\.\d+)?$/);
  });

  it('should pass filters on', async () => {
    const alice = powens.forOwner('alice');
    const [account] = await alice.accounts();
    const ofAccount = await alice.transactions({ accountId: account?.id ?? '' }).all();
    expect(new Set(ofAccount.map(({ accountId }) => accountId))).toEqual(new Set([account?.id]));
    const day = ofAccount[10]?.date ?? '';
    const ofDay = await alice.transactions({ minDate: day, maxDate: day }).all();
    expect(ofDay.length).toBeGreaterThan(0);
    expect(new Set(ofDay.map(({ date }) => date))).toEqual(new Set([day]));
  });

  it('should read anything else with exact numbers', async () => {
    expect(await powens.forOwner('alice').get('/users/me')).toMatchObject({
      id: expect.any(Number) as number,
    });
    await answerWith(
      app,
      '/users/me/profiles',
      '{"profiles":[{"id":9007199254740993,"rate":0.12345678901234567}]}',
    );
    expect(await powens.forOwner('alice').get('users/me/profiles', { limit: 2 })).toEqual({
      profiles: [{ id: '9007199254740993', rate: '0.12345678901234567' }],
    });
  });

  it('should keep ids and amounts that a JavaScript number cannot hold [RL-19]', async () => {
    const item = '"id_account":9223372036854775807,"value":-12345678901234567.89';
    const account = `{"id":9223372036854775807,"id_connection":${await connectionOf('alice')}}`;
    await answerWith(app, '/users/me/accounts*', `{"accounts":[${account}]}`);
    await answerWith(app, '/users/me/transactions*', `{"transactions":[{"id":9007199254740993,${item}}]}`);
    expect(await powens.forOwner('alice').transactions().all()).toMatchObject([
      { id: '9007199254740993', accountId: '9223372036854775807', value: '-12345678901234567.89' },
    ]);
  });

  it('should read documents', async () => {
    await answerWith(app, '/users/me/subscriptions*', {
      subscriptions: [{ id: 7, id_connection: await connectionOf('alice') }],
    });
    await answerWith(app, '/users/me/documents*', {
      documents: [
        {
          id: 31,
          id_subscription: 7,
          name: 'facture.pdf',
          total_amount: 42.1,
          duedate: '2026-04-01',
          currency: 'EUR',
        },
      ],
    });
    expect(await powens.forOwner('alice').documents().all()).toMatchObject([
      { id: '31', totalAmount: '42.1', dueOn: '2026-04-01', currency: 'EUR' },
    ]);
  });
});

describe('whose data it is', () => {
  it("should never show another owner's", async () => {
    const [alice, bob] = [powens.forOwner('alice'), powens.forOwner('bob')];
    const mine = (await alice.accounts()).map(({ id }) => id);
    const [theirs] = await bob.accounts();
    expect(mine).not.toContain(theirs?.id);
    expect(await failureOf(alice.transactions({ accountId: theirs?.id ?? '' }).all())).toMatchObject({
      code: 'powens_refused',
      failure: { status: 404 },
    });
    const [{ id }] = (await sql<{ id: string }>(
      app,
      `SELECT powens_user_id AS id FROM powens_user WHERE owner_id = 'bob'`,
    )) as [{ id: string }];
    expect(await failureOf(alice.get(`/users/${id}/accounts`))).toBeInstanceOf(PowensApiError);
  });

  it.each(['nobody', { id: 'alice', tenant: 'other' }])(
    'should answer not_connected for %j',
    async (owner) => {
      const before = outbound(app).length;
      const error = await failureOf(powens.forOwner(owner).accounts());
      expect(error).toBeInstanceOf(ConnectionsError);
      expect(error).toMatchObject({ code: 'not_connected' });
      expect(outbound(app)).toHaveLength(before);
    },
  );

  it.each([null, undefined, '', { id: '' }])('should make no client for %j', (owner) => {
    expect(() => powens.forOwner(owner)).toThrow(ConnectionsError);
  });

  it.each([
    '/auth/token/code',
    'https://evil.example/x',
    '//evil.example',
    '/users/../clients',
    '/users/me?all',
  ])('should not ask for the path %s', async (path) => {
    const before = outbound(app).length;
    expect(await failureOf(powens.forOwner('alice').get(path))).toMatchObject({ code: 'invalid_request' });
    expect(outbound(app)).toHaveLength(before);
    expect(uses).toEqual([]);
  });
});

describe('a token that Powens no longer takes', () => {
  it('should be renewed once for many calls at a time, and each call sent once more [G7]', async () => {
    const before = renewals(app);
    await revokeAtPowens(app, 'alice');
    uses.length = 0;
    const lists = await Promise.all(
      Array.from({ length: 5 }, async () => powens.forOwner('alice').accounts()),
    );
    expect(new Set(lists.map((list) => list.length)).size).toBe(1);
    expect(renewals(app)).toBe(before + CALLS_PER_RENEWAL);
    expect(readsAmong(uses).map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'ok'));
  });

  it('should be renewed between two pages', async () => {
    const seen: string[] = [];
    for await (const { items } of powens.forOwner('bob').transactions({ limit: 40 })) {
      seen.push(...items.map(({ id }) => id));
      await revokeAtPowens(app, 'bob');
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength((await powens.forOwner('bob').transactions().all()).length);
  });

  it('should ask for the owner where it may not be renewed, and leave it as it is [J1]', async () => {
    await sql(app, `UPDATE powens_user SET renewable = false WHERE owner_id = 'bob'`);
    await plant(app, { kind: 'status', status: 401, path: '/users/me*', times: 2 });
    const before = renewals(app);
    expect(await failureOf(powens.forOwner('bob').accounts())).toMatchObject({
      ...{ name: 'ConnectionsError', code: 'needs_reauth', cause: { code: 'powens_refused' } },
    });
    expect(renewals(app)).toBe(before);
    expect(readsAmong(uses).map(({ outcome }) => outcome)).toEqual(['needs_reauth']);
    await sql(app, `UPDATE powens_user SET renewable = true`);
  });

  it('should not be renewed where Powens refuses one resource only, as a product that is not active', async () => {
    const before = renewals(app);
    await plant(app, { kind: 'status', status: 401, path: '/users/me/amortizations*' });
    const read = powens.forOwner('alice').amortizations().page();
    await expect(read).rejects.toMatchObject({ code: 'powens_refused', failure: { status: 401 } });
    expect(renewals(app)).toBe(before);
  });

  it('should be renewed once only, when that does not help', async () => {
    const before = renewals(app);
    await revokeAtPowens(app, 'alice');
    uses.length = 0;
    await plant(app, { kind: 'status', status: 401, path: '/users/me/accounts', times: 10 });
    const read = powens.forOwner('alice').accounts();
    await expect(read).rejects.toMatchObject({ code: 'powens_refused', failure: { status: 401 } });
    expect(renewals(app)).toBe(before + CALLS_PER_RENEWAL);
    expect(readsAmong(uses).map(({ outcome }) => outcome)).toEqual(['powens_refused']);
  });
});

/** Reads alone: the audit holds the renewals that came with them, too. */
function readsAmong(entries: readonly AuditEntry[]): AuditEntry[] {
  return entries.filter(({ operation }) => operation !== 'token.renew');
}
