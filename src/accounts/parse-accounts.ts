import type { AccountDto } from './account.dto.js';

/**
 * Reads the answer of `GET /users/me/accounts`: from here on nothing of Powens' own shape is left.
 *
 * @throws TypeError when it is something else
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-accounts
 */
export function parseAccounts(body: unknown): AccountDto[] {
  const accounts = isRecord(body) ? body.accounts : undefined;
  if (!Array.isArray(accounts)) {
    throw new TypeError('The answer holds no list of accounts');
  }
  return accounts.map(parseAccount);
}

function parseAccount(account: unknown): AccountDto {
  if (!isRecord(account) || !isId(account.id) || !isId(account.id_connection)) {
    throw new TypeError('An account of the answer has no id');
  }
  const { name, original_name: originalName, iban, balance, currency, type } = account;
  return {
    id: String(account.id),
    powensConnectionId: String(account.id_connection),
    name: text(name) ?? text(originalName) ?? '',
    type: text(type) ?? 'unknown',
    iban: text(iban),
    balance: typeof balance === 'number' ? balance : null,
    // Documented as an object; a plain code is read as well.
    currency: text(isRecord(currency) ? currency.id : currency),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isId(value: unknown): value is number | string {
  return Number.isSafeInteger(value) || (typeof value === 'string' && value !== '');
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
