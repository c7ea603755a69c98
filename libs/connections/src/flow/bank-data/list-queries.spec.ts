import { describe, expect, it } from 'vitest';
import { ConnectionsError } from '../../errors/index.js';
import { accountsPath, connectorsPath, documentsPath, transactionsPath } from './list-queries.js';

describe('the paths of lists', () => {
  it.each([
    [accountsPath({}), '/users/me/accounts'],
    [accountsPath({ all: false }), '/users/me/accounts'],
    [accountsPath({ all: true }), '/users/me/accounts?all'],
    [transactionsPath({}), '/users/me/transactions?limit=500'],
    [
      transactionsPath({ limit: 10, offset: 0, minDate: '2026-03-14', maxDate: '2026' }),
      '/users/me/transactions?limit=10&offset=0&min_date=2026-03-14&max_date=2026',
    ],
    [
      transactionsPath({ accountId: '9007199254740993' }),
      '/users/me/accounts/9007199254740993/transactions?limit=500',
    ],
    [documentsPath({ minDate: '2026-03' }), '/users/me/documents?limit=500&min_date=2026-03'],
    [documentsPath({ subscriptionId: '7' }), '/users/me/subscriptions/7/documents?limit=500'],
    [connectorsPath({}), '/connectors?limit=500'],
    [connectorsPath({ countryCodes: ['FR', 'de'] }), '/connectors?limit=500&country_codes=FR%2Cde'],
    [connectorsPath({ countryCodes: [] }), '/connectors?limit=500'],
  ])('should be written as documented: %#', ({ sent }, expected) => {
    expect(sent).toBe(expected);
  });

  it.each([
    () => transactionsPath({ limit: 0 }),
    () => transactionsPath({ limit: 1001 }),
    () => transactionsPath({ limit: 1.5 }),
    () => transactionsPath({ limit: Number.NaN }),
    () => transactionsPath({ offset: -1 }),
    () => transactionsPath({ offset: 2 ** 53 }),
    () => transactionsPath({ minDate: '14/03/2026' }),
    () => transactionsPath({ maxDate: '2026-03-14&all' }),
    () => transactionsPath({ accountId: '../clients' }),
    () => transactionsPath({ accountId: '' }),
    () => documentsPath({ subscriptionId: 'me' }),
    () => connectorsPath({ countryCodes: ['FRA'] }),
    () => connectorsPath({ countryCodes: ['F&'] }),
  ])('should refuse what is no such parameter: %#', (ask) => {
    expect(ask).toThrow(ConnectionsError);
    expect(ask).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);
  });
});
