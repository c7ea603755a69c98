import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { AccountsController } from './accounts.controller.js';

interface Account {
  id: number;
  iban: string | null;
  disabled: string | null;
}

const ACCOUNT_KEYS =
  'id id_connection id_user id_source id_parent number original_name name balance coming display bookmarked ' +
  'last_update deleted disabled iban currency type id_type error usage ownership company_name loan';

describe(AccountsController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.post('/sandbox/reset'));

  async function accounts(token: string, query = ''): Promise<Account[]> {
    return (await sandbox.get(`/2.0/users/me/accounts${query}`, token)).json['accounts'] as Account[];
  }

  it('should write accounts with the documented keys', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '40' });
    const { json } = await sandbox.get('/2.0/users/me/accounts', token);
    expect(Object.keys(json)).toEqual(['accounts', 'balances', 'coming_balances', 'total']);
    expect(Object.keys((json['accounts'] as object[])[0] ?? {})).toEqual(ACCOUNT_KEYS.split(' '));
    expect(json).toMatchObject({
      balances: { EUR: 9450.75 },
      total: 3,
      accounts: [
        { type: 'checking', currency: { id: 'EUR', name: 'Euro', symbol: '€', prefix: false, precision: 2 } },
        {},
        {},
      ],
    });
  });

  it('should give IBANs whose check digits are right', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '59' });
    const ibans = (await accounts(token)).flatMap(({ iban }) => iban ?? []);
    expect(ibans.length).toBeGreaterThan(0);
    for (const iban of ibans) {
      const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
        String(letter.charCodeAt(0) - 55),
      );
      expect(BigInt(digits) % 97n).toBe(1n);
    }
  });

  it('should hide a disabled account without ?all, and enable it again as a consent', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '40' });
    const [first] = await accounts(token);
    const path = `/2.0/users/me/accounts/${first?.id}`;
    const disabled = await sandbox.call('PUT', `${path}?all`, { body: { disabled: true }, bearer: token });
    expect(disabled.json['disabled']).toMatch(/^\d{4}-/);
    expect(await accounts(token)).toHaveLength(2);
    for (const all of ['?all', '?all=', '?all=true']) {
      expect(await accounts(token, all)).toHaveLength(3);
    }
    expect((await sandbox.get(path, token)).status).toBe(404);
    expect((await sandbox.post(path, { disabled: false }, token)).status).toBe(404);
    expect((await sandbox.post(`${path}?all`, { disabled: false }, token)).json['disabled']).toBeNull();
    expect(await accounts(token)).toHaveLength(3);
  });

  it('should change several accounts of a connection at once', async () => {
    const { token, connectionId } = await sandbox.connectedUser({ connector_ids: '40' });
    const ids = (await accounts(token)).map(({ id }) => id).join(',');
    const path = `/2.0/users/me/connections/${connectionId}/accounts`;
    await sandbox.call('PUT', `${path}/${ids}?all`, { body: { disabled: true }, bearer: token });
    expect((await sandbox.get(path, token)).json['total']).toBe(0);
    const { status, json } = await sandbox.get('/2.0/users/me/transactions?limit=10', token);
    expect([status, json['code']]).toEqual([409, 'noAccount']);
  });

  it('should list transactions a page at a time, days without a time', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '40' });
    const { json } = await sandbox.get('/2.0/users/me/transactions?limit=2', token);
    const [one] = json['transactions'] as { date: string }[];
    expect(Object.keys(one ?? {}).join(' ')).toBe(
      'id id_account date rdate application_date value type original_wording simplified_wording wording coming active ' +
        'deleted last_update',
    );
    expect(one?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(json).toMatchObject({
      total: 180,
      _links: { prev: null, next: { href: '/2.0/users/me/transactions?limit=2&offset=2' } },
    });
    expect((await sandbox.get('/2.0/users/me/transactions', token)).json['code']).toBe('missingParameter');
  });

  it('should not show the accounts of another user', async () => {
    const [one, other] = [await sandbox.connectedUser(), await sandbox.connectedUser()];
    expect(
      (await sandbox.get(`/2.0/users/me/connections/${other.connectionId}/accounts`, one.token)).status,
    ).toBe(404);
  });
});
