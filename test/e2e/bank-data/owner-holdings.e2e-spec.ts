import { PowensService } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, outbound, sql } from '../../helpers/flow/observe.js';
import { connect } from '../../helpers/flow/person.js';
import { answerWith } from '../../helpers/upstream/upstream.js';

/** A bank of the sandbox with securities, loans and an employee savings plan. */
const WEALTH = '4a5c6d7e-e6f7-54a8-b531-97b6d2f31409';

let app: FlowApp;
let powens: PowensService;

beforeAll(async () => {
  app = await startFlowApp();
  powens = app.app.get(PowensService);
  await connect(app, app.browser('alice'), { connectorUuid: WEALTH });
  await connectedOwner(app, 'bob');
});

afterAll(async () => {
  await app.close();
});

async function connectionIdOf(owner: string): Promise<string> {
  const text = 'SELECT powens_connection_id AS id FROM powens_connection WHERE owner_id = $1';
  return (await sql<{ id: string }>(app, text, [owner]))[0]?.id ?? '';
}

function balancesRead(): number {
  return outbound(app).filter(({ path }) => path.endsWith('/balances')).length;
}

describe('what accounts hold', () => {
  it('should be read whole: securities, pockets, orders, loans, balances, holders', async () => {
    const alice = powens.forOwner('alice');
    const ids = new Set((await alice.accounts()).map(({ id }) => id));
    const lists = {
      investments: await alice.investments().all(),
      pockets: await alice.pockets().all(),
      marketOrders: await alice.marketOrders().all(),
      amortizations: await alice.amortizations().all(),
      accountOwnerships: await alice.accountOwnerships().all(),
    };
    for (const [name, items] of Object.entries(lists)) {
      expect(items.length, name).toBeGreaterThan(0);
      expect(
        items.every(({ accountId }) => ids.has(accountId)),
        name,
      ).toBe(true);
    }
    expect(lists.marketOrders.map(({ direction }) => direction)).toContain('BUY');
    expect(lists.amortizations[0]?.remainingCapital).toMatchObject({ currency: 'EUR' });
    const [investment] = lists.investments;
    expect(investment?.valuation).toMatch(/^-?\d+(\.\d+)?$/);
    expect(investment?.raw).toHaveProperty('stock_symbol');
    const ofOne = await alice.investments({ accountId: investment?.accountId ?? '' }).all();
    expect(new Set(ofOne.map(({ accountId }) => accountId))).toEqual(new Set([investment?.accountId]));
  });

  it('should be read of one account: balances, holders; and the person of the bank', async () => {
    const alice = powens.forOwner('alice');
    const [account = ''] = (await alice.accounts()).map(({ id }) => id);
    const balances = await alice.balances(account, { minDate: '2026-01-01' });
    expect(balances.length).toBeGreaterThan(0);
    expect(balances.at(-1)?.days.at(-1)?.balance).toBe(balances.at(-1)?.balance);
    const holders = await alice.accountOwnerships({ accountId: account }).all();
    expect(holders.map(({ accountId }) => accountId)).toEqual([account]);
    expect(await alice.ownerIdentity(await connectionIdOf('alice'))).toMatchObject({ lastName: 'Martin' });
  });

  it("should be that of the owner's connections in use only", async () => {
    const bob = powens.forOwner('bob');
    const [account] = await powens.forOwner('alice').accounts();
    const sent = balancesRead();
    await expect(bob.balances(account?.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
    await expect(bob.updateAccount(account?.id ?? '', { name: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(bob.ownerIdentity(await connectionIdOf('alice'))).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(balancesRead()).toBe(sent);
  });
});

describe('what a person changes', () => {
  it('should be kept by Powens: an account and a transaction', async () => {
    const alice = powens.forOwner('alice');
    const [account] = await alice.accounts();
    expect(await alice.updateAccount(account?.id ?? '', { name: 'Ménage' })).toMatchObject({
      name: 'Ménage',
    });
    const [transaction] = (await alice.transactions({ limit: 1 }).page()).items;
    const id = transaction?.id ?? '';
    expect(await alice.updateTransaction(id, { wording: 'Du pain' })).toMatchObject({
      id,
      wording: 'Du pain',
    });
    expect(await alice.transaction(id)).toMatchObject({ wording: 'Du pain' });
    const categories = [{ code: 'gifts', parentCode: 'leisure' }];
    expect(await alice.updateTransaction(id, { categories })).toMatchObject({
      wording: 'Du pain',
      categories,
    });
  });

  it('should take a consent back and give it again', async () => {
    const alice = powens.forOwner('alice');
    const [account] = await alice.accounts();
    const id = account?.id ?? '';
    expect(await alice.updateAccount(id, { isEnabled: false })).toMatchObject({ isEnabled: false });
    expect((await alice.accounts()).map((one) => one.id)).not.toContain(id);
    expect(await alice.updateAccount(id, { isEnabled: true, isBookmarked: true })).toMatchObject({
      ...{ isEnabled: true, raw: { bookmarked: 1 } },
    });
    expect((await alice.accounts()).map((one) => one.id)).toContain(id);
  });
});

describe('an answer of Powens about another item than the one asked for', () => {
  it('should be refused, and allow no change [N22]', async () => {
    const alice = powens.forOwner('alice');
    const [first, second] = (await alice.transactions({ limit: 2 }).page()).items;
    const { id = '' } = first ?? {};
    const path = `/users/me/transactions/${id}`;
    const refusal = { code: 'powens_response_invalid' };
    await answerWith(app, path, second?.raw);
    await expect(alice.transaction(id)).rejects.toMatchObject(refusal);
    await answerWith(app, path, second?.raw);
    const sent = outbound(app).filter(({ method }) => method === 'POST').length;
    await expect(alice.updateTransaction(id, { wording: 'x' })).rejects.toMatchObject(refusal);
    expect(outbound(app).filter(({ method }) => method === 'POST')).toHaveLength(sent);
    expect(await alice.transaction(id)).toEqual(first);

    const [account, other] = await alice.accounts();
    const { id: accountId = '' } = account ?? {};
    await answerWith(app, `/users/me/accounts/${accountId}`, other?.raw);
    await expect(alice.updateAccount(accountId, { name: 'x' })).rejects.toMatchObject(refusal);
  });
});

describe('incremental reading', () => {
  it('should read everything, and then at least what changed', async () => {
    const alice = powens.forOwner('alice');
    const read = async (cursor?: string): Promise<{ ids: Set<string>; cursor: string }> => {
      const ids = new Set<string>();
      let last = cursor ?? '';
      for await (const page of alice.transactionChanges({
        limit: 100,
        ...(cursor === undefined ? {} : { cursor }),
      })) {
        for (const { id } of page.items) ids.add(id);
        last = page.cursor;
      }
      return { ids, cursor: last };
    };
    const first = await read();
    const all = await alice.transactions().all();
    expect(all.every(({ id }) => first.ids.has(id))).toBe(true);
    const [changed] = all;
    await alice.updateTransaction(changed?.id ?? '', { comment: 'seen' });
    const second = await read(first.cursor);
    expect(second.ids.has(changed?.id ?? '')).toBe(true);
  });
});
