import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { AccountsController } from './accounts.controller.js';

interface Account {
  id: number;
  iban: string | null;
  disabled: string | null;
}

const ACCOUNT_KEYS =
  'id id_connection id_user id_source id_parent webid number original_name name balance formatted_balance coming ' +
  'coming_balance display bookmarked last_update deleted disabled iban bic currency type id_type error usage ownership ' +
  'company_name information loan';

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
      'id id_account webid application_date date datetime vdate vdatetime rdate rdatetime bdate bdatetime value ' +
        'gross_value type original_wording simplified_wording stemmed_wording wording categories id_category state ' +
        'date_scraped coming active id_cluster comment last_update deleted original_value original_gross_value ' +
        'original_currency commission commission_currency nature card country counterparty formatted_value',
    );
    expect(one?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(json).toMatchObject({ _links: { prev: null } });
    expect((await sandbox.get('/2.0/users/me/transactions', token)).json['code']).toBe('missingParameter');
  });

  it('should begin links with nothing where the settings say path [P2]', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '40' });
    const next = async (): Promise<unknown> =>
      (await sandbox.get('/2.0/users/me/accounts?limit=2', token)).json;
    const at = (root: string): object => ({
      _links: { prev: null, next: { href: `${root}/2.0/users/me/accounts?limit=2&offset=2` } },
    });
    expect(await next()).toMatchObject(at(sandbox.url));
    await sandbox.post('/sandbox/settings', { links: 'path' });
    expect(await next()).toMatchObject(at(''));
  });

  it('should change how the person sees an account, all of it optional [P3, P4]', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '40' });
    const [first] = await accounts(token);
    const path = `/2.0/users/me/accounts/${first?.id}`;
    const body = { name: 'Ménage', display: false, usage: 'orga', bookmarked: 1 };
    const changed = await sandbox.call('PUT', path, { body, bearer: token });
    expect(changed.json).toMatchObject({ name: 'Ménage', display: false, usage: 'ORGA', bookmarked: 1 });
    expect(changed.json['original_name']).toBe('Compte courant');
    expect((await sandbox.post(path, {}, token)).json).toEqual(changed.json);
    expect((await sandbox.post(path, { usage: 'x' }, token)).json['code']).toBe('invalidValue');
  });

  describe('filters of transactions [P5]', () => {
    let token: string;
    beforeEach(async () => {
      ({ token } = await sandbox.connectedUser({ connector_ids: '40' }));
    });

    async function listed(query: string): Promise<Record<string, unknown>[]> {
      const { json } = await sandbox.get(`/2.0/users/me/transactions?limit=1000&${query}`, token);
      return json['transactions'] as Record<string, unknown>[];
    }

    const total = async (): Promise<number> => (await listed('')).length;

    it.each([
      ['income=true', (one: Record<string, unknown>) => Number(one['value']) > 0],
      ['income=false', (one: Record<string, unknown>) => Number(one['value']) < 0],
      ['wording=boulangerie', (one: Record<string, unknown>) => one['wording'] === 'BOULANGERIE DU PORT'],
      ['search=LOYER', (one: Record<string, unknown>) => one['wording'] === 'LOYER'],
      ['min_value=-10&max_value=0', (one: Record<string, unknown>) => Number(one['value']) >= -10],
      ['value=%C2%B13.2', (one: Record<string, unknown>) => one['value'] === -3.2],
      ['value=-890|2310.5', (one: Record<string, unknown>) => [-890, 2310.5].includes(Number(one['value']))],
    ])('should list what fits %s, and not everything', async (query, fits) => {
      const found = await listed(query);
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThan(await total());
      expect(found.filter((one) => !fits(one))).toEqual([]);
    });

    it('should take the day of a bound with a time, and list only what changed since', async () => {
      const read = async (query: string): Promise<Record<string, unknown>> =>
        (await sandbox.get(`/2.0/users/me/transactions?limit=1000&${query}`, token)).json;
      const whole = await read('');
      const last = String(whole['last_date']);
      const { transactions } = await read(`min_date=${last} 23:00:00`);
      expect(transactions).toEqual((await read(`min_date=${last}`))['transactions']);
      expect(transactions).not.toEqual([]);
      expect(await read(`min_date=${last}`)).toMatchObject({ result_min_date: last, result_max_date: last });
      await sandbox.advanceClock(2 * 86_400);
      await sandbox.get('/2.0/users/me/connections', token);
      const updates = (await listed('')).map((one) => String(one['last_update'])).sort();
      const newest = updates.at(-1) ?? '';
      const changed = await read(`last_update=${newest.replace(' ', 'T')}`);
      expect(changed['total']).toBe(updates.filter((update) => update === newest).length);
      expect(changed['total']).toBeLessThan(updates.length);
    });

    it.each([
      'income=yes&value=x',
      'filter=nonsense&min_date=2026-01-01',
      'min_date=yesterday',
      'last_update=now',
      'limit=0',
      'limit=-1',
      'limit=10000',
      'min_value=1e9',
    ])('should refuse %s as the reference says, never with a 500', async (query) => {
      const separator = query.startsWith('limit') ? '' : 'limit=5&';
      const { status, json } = await sandbox.get(`/2.0/users/me/transactions?${separator}${query}`, token);
      expect([status, json['code']]).toEqual([400, 'invalidValue']);
    });
  });

  it('should limit calls and connections where the settings say so [P16]', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '40' });
    await sandbox.post('/sandbox/settings', { callsPerMinute: 2, maxConnections: 1 });
    const statuses: number[] = [];
    for (let call = 0; call < 3; call += 1) {
      statuses.push((await sandbox.get('/2.0/users/me', token)).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    await sandbox.advanceClock(61);
    const body = { id_connector: 40, website: 'par', login: 'test_login', password: '1234' };
    expect((await sandbox.post('/2.0/users/me/connections', body, token)).status).toBe(403);
  });

  it('should not show the accounts of another user', async () => {
    const [one, other] = [await sandbox.connectedUser(), await sandbox.connectedUser()];
    expect(
      (await sandbox.get(`/2.0/users/me/connections/${other.connectionId}/accounts`, one.token)).status,
    ).toBe(404);
  });
});
