import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { HoldingsController } from './holdings.controller.js';

interface Row {
  id: number;
  id_account: number;
  id_investment: number;
  valuation: number;
  balance: number;
  type: string;
  incomes: number;
  expenses: number;
  remains: number;
  daily_balances: { remains: number }[];
}

describe(HoldingsController.name, () => {
  let sandbox: SandboxHarness;
  let token: string;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
    ({ token } = await sandbox.connectedUser({ connector_ids: '67' }));
  });
  afterAll(() => sandbox.close());

  async function list(path: string, key: string): Promise<Row[]> {
    return (await sandbox.get(`/2.0/${path}`, token)).json[key] as Row[];
  }

  it('should list investments with their totals, of the user, of a connection and of an account', async () => {
    const { json } = await sandbox.get('/2.0/users/me/investments', token);
    const all = json['investments'] as Row[];
    expect(json['valuation']).toBeCloseTo(
      all.reduce((sum, { valuation }) => sum + valuation, 0),
      2,
    );
    const [account] = all;
    const ofAccount = await list(`accounts/${account?.id_account}/investments`, 'investments');
    expect(ofAccount).toEqual(all.filter((one) => one.id_account === account?.id_account));
    const [connection] = await list('connections', 'connections');
    expect(await list(`connections/${connection?.id}/investments`, 'investments')).toEqual(all);
  });

  it('should list the pockets of one investment, and each by its id', async () => {
    const [pocket] = await list('pockets', 'pockets');
    const ofInvestment = await list(`investments/${pocket?.id_investment}/pockets`, 'pockets');
    expect(ofInvestment).toContainEqual(pocket);
    expect((await sandbox.get(`/2.0/pockets/${pocket?.id}`, token)).json).toEqual(pocket);
  });

  it('should end the balances over time with the balance of the account', async () => {
    const account = (await list('accounts', 'accounts')).find(({ type }) => type === 'checking');
    const months = await list(`accounts/${account?.id}/balances?min_date=2026-01-01`, 'balances');
    expect(months.at(-1)?.balance).toBe(account?.balance);
    for (const { daily_balances: days, incomes, expenses, remains } of months) {
      expect(incomes + expenses).toBeCloseTo(remains, 2);
      expect(days.reduce((sum, day) => sum + day.remains, 0)).toBeCloseTo(remains, 2);
    }
    const refused = await sandbox.get(`/2.0/accounts/${account?.id}/balances?min_date=soon`, token);
    expect([refused.status, refused.json['code']]).toEqual([400, 'invalidValue']);
  });

  it('should list who holds the accounts of a user and of a connection, and of no single account', async () => {
    const all = await list('users/me/account_ownerships', 'account_ownerships');
    const [connection] = await list('connections', 'connections');
    const path = `connections/${connection?.id}/account_ownerships`;
    expect(await list(path, 'account_ownerships')).toEqual(all);
    const ofAccount = `/2.0/accounts/${all[0]?.id_account}/account_ownerships`;
    expect((await sandbox.get(ofAccount, token)).status).toBe(404);
  });

  it('should keep what a person writes on a transaction', async () => {
    const [first] = await list('transactions?limit=1', 'transactions');
    const path = `/2.0/users/me/transactions/${first?.id}`;
    const written = await sandbox.post(
      path,
      { comment: 'Anniversaire', categories: [{ code: 'gifts' }] },
      token,
    );
    expect(written.json).toMatchObject({
      comment: 'Anniversaire',
      categories: [{ code: 'gifts', parent_code: null }],
      last_update: expect.any(String) as unknown,
    });
    expect((await sandbox.get(path, token)).json).toEqual(written.json);
  });

  it('should show nothing of all this to another user', async () => {
    const other = await sandbox.connectedUser({ connector_ids: '67' });
    const [order] = await list('marketorders', 'marketorders');
    const [transaction] = await list('transactions?limit=1', 'transactions');
    for (const path of [`marketorders/${order?.id}`, `transactions/${transaction?.id}`, 'pockets/x']) {
      expect((await sandbox.get(`/2.0/${path}`, other.token)).status).toBe(404);
    }
  });
});
