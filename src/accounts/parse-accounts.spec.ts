import { describe, expect, it } from 'vitest';
import { parseAccounts } from './parse-accounts.js';

const ACCOUNT = {
  id: 5301,
  id_connection: 1187,
  id_user: 412,
  name: 'Compte courant',
  original_name: 'CPTE CRT',
  iban: 'FR7630004028370001234567843',
  balance: 1523.42,
  currency: { id: 'EUR', symbol: '€' },
  type: 'checking',
};

describe(parseAccounts.name, () => {
  it('should keep what the host shows, and nothing else', () => {
    expect(parseAccounts({ accounts: [ACCOUNT], balances: { EUR: 1523.42 } })).toEqual([
      {
        id: '5301',
        powensConnectionId: '1187',
        name: 'Compte courant',
        type: 'checking',
        iban: 'FR7630004028370001234567843',
        balance: 1523.42,
        currency: 'EUR',
      },
    ]);
  });

  it('should live with what may be missing', () => {
    const account = {
      id: 1,
      id_connection: 2,
      name: null,
      original_name: 'CPTE',
      currency: 'EUR',
      balance: null,
    };

    expect(parseAccounts({ accounts: [account] })).toEqual([
      {
        id: '1',
        powensConnectionId: '2',
        name: 'CPTE',
        type: 'unknown',
        iban: null,
        balance: null,
        currency: 'EUR',
      },
    ]);
  });

  it('should answer nothing for a user without accounts', () => {
    expect(parseAccounts({ accounts: [] })).toEqual([]);
  });

  it.each([
    null,
    'a page',
    [],
    {},
    { accounts: {} },
    { accounts: [null] },
    { accounts: [{ ...ACCOUNT, id: null }] },
    { accounts: [{ ...ACCOUNT, id_connection: {} }] },
  ])('should refuse %j', (body) => {
    expect(() => parseAccounts(body)).toThrow(TypeError);
  });
});
