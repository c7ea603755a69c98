import { Logger } from '@nestjs/common';
import {
  ConnectionsError,
  PowensApiError,
  type PowensAccount,
  type PowensService,
} from 'nestjs-powens-connections';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountsService } from './accounts.service.js';

const ACCOUNT = {
  id: '5301',
  powensConnectionId: '1187',
  name: 'Compte courant',
  originalName: 'CPTE CRT',
  type: 'checking',
  iban: 'FR7630004028370001234567843',
  balance: '1523.42',
  currency: 'EUR',
  number: '00012345678',
} as PowensAccount;
const UNREACHABLE = new PowensApiError('powens_failed', {
  operation: 'GET /users/me/accounts',
  status: 500,
  powensCode: null,
  description: null,
  requestId: null,
  processed: 'unknown',
});

const accounts = vi.fn();
const forOwner = vi.fn();

describe(AccountsService.name, () => {
  const service = new AccountsService({ forOwner } as unknown as PowensService);

  beforeEach(() => {
    vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    forOwner.mockReturnValue({ accounts });
  });

  it('should read with the client of the owner, which leaves out what nobody confirmed, and show no more than it has to', async () => {
    accounts.mockResolvedValue([ACCOUNT]);

    await expect(service.list('alice')).resolves.toEqual([
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
    expect(forOwner).toHaveBeenCalledWith('alice');
  });

  it('should live with what may be missing', async () => {
    accounts.mockResolvedValue([{ ...ACCOUNT, name: null, type: null, iban: null, balance: null }]);

    await expect(service.list('alice')).resolves.toMatchObject([
      { name: 'CPTE CRT', type: 'unknown', iban: null, balance: null },
    ]);
  });

  it.each([
    { error: new ConnectionsError('not_connected', 'canary'), status: 409, code: 'not_connected' },
    { error: new ConnectionsError('storage_failed', 'canary'), status: 503, code: 'storage_failed' },
    { error: UNREACHABLE, status: 502, code: 'upstream_failed' },
  ])('should answer $status $code, in words of its own', async ({ error, status, code }) => {
    accounts.mockRejectedValue(error);

    await expect(service.list('alice')).rejects.toMatchObject({ status, code });
    await expect(service.list('alice')).rejects.not.toThrow('canary');
  });

  it('should leave what nobody expected to the filter', async () => {
    const error = new TypeError('odd');
    accounts.mockRejectedValue(error);

    await expect(service.list('alice')).rejects.toBe(error);
  });
});
