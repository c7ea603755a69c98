import { describe, expect, it } from 'vitest';
import { PowensApiError } from '../../../errors/index.js';
import { ANN, expectSame, filled, Host, HOUR_MS } from './__support__/changing-provider.js';
import { transactionChanges, type ChangesSource } from './transaction-changes.js';

function refusal(powensCode: string, status: number): PowensApiError {
  return new PowensApiError('powens_refused', {
    ...{ operation: 'GET /users/me/transactions', status, powensCode },
    ...{ description: null, requestId: null, processed: 'no' },
  });
}

describe(`${transactionChanges.name}, as accounts come and go`, () => {
  it('should read an account whole that was not read before, however old its transactions are', async () => {
    const provider = filled(4, ['1', '2']);
    provider.shown.delete('2');
    const host = new Host();
    await host.read(provider);
    expect(host.kept.size).toBe(2);
    provider.clock += 1000 * HOUR_MS;
    provider.shown.add('2');
    await host.read(provider);
    expect(host.kept.size).toBe(4);
  });

  it.each([
    ['noAccount', 409],
    ['notFound', 404],
  ])('should read an account whole next time whose own list was answered %s', async (powensCode, status) => {
    const provider = filled(4, ['1', '2']);
    provider.shown.delete('2');
    const host = new Host();
    await host.read(provider);
    provider.shown.add('2');
    const read = provider.read.bind(provider);
    provider.read = async (path) =>
      path.operation.includes('accounts') ? Promise.reject(refusal(powensCode, status)) : read(path);
    provider.clock += 1000 * HOUR_MS;
    await host.read(provider);
    expect(host.kept.size).toBe(2);
    provider.read = read;
    await host.read(provider);
    expectSame(host, provider);
    expect(host.kept.size).toBe(4);
  });

  it('should read an account whole next time whose consent ended while it was read', async () => {
    const provider = filled(4, ['1', '2']);
    provider.clock += 1000 * HOUR_MS;
    const host = new Host();
    // The accounts are listed with it, the transactions without.
    provider.before.push(() => provider.shown.delete('2'));
    await host.read(provider);
    expect(host.kept.size).toBe(2);
    provider.clock += 1000 * HOUR_MS;
    provider.shown.add('2');
    await host.read(provider);
    expectSame(host, provider);
    expect(host.kept.size).toBe(4);
  });

  it('should bear any number of accounts, and read them whole once more when one of very many is new', async () => {
    const accounts = Array.from({ length: 3000 }, (_, n) => String(9_000_000_000 + n));
    const provider = filled(3000, accounts);
    provider.clock += 1000 * HOUR_MS;
    const host = new Host();
    await host.read(provider, { limit: 1000 });
    expect(host.cursor?.length).toBeLessThan(10_000);
    provider.clock += 1000 * HOUR_MS;
    host.kept.clear();
    provider.change(5, 7, false);
    await host.read(provider, { limit: 1000 });
    expect(host.kept.size).toBe(1);
    provider.shown.add('1');
    provider.add('1', 3);
    await host.read(provider, { limit: 1000 });
    expectSame(host, provider);
    expect(host.kept.size).toBe(3001);
  });

  it('should take a list without accounts for an empty one', async () => {
    const provider = filled(3);
    const gone: ChangesSource = {
      owner: ANN,
      now: () => provider.now(),
      accounts: () => provider.accounts(),
      read: () => Promise.reject(refusal('noAccount', 409)),
    };
    const host = new Host();
    await host.read(gone);
    expect(host.kept.size).toBe(0);
    expect(host.cursor).toBeTypeOf('string');
  });
});
