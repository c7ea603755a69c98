import { Logger } from '@nestjs/common';
import { AccessToken, ConnectionsError, type ConnectionsService } from 'nestjs-powens-connections';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountsService } from './accounts.service.js';
import { AccountsUnavailableError, type PowensAccountsClient } from './powens-accounts.client.js';

const TOKEN = AccessToken.of('canary-token');
const connections = { withToken: vi.fn() };
const powens = { list: vi.fn() };

describe(AccountsService.name, () => {
  const service = new AccountsService(
    connections as unknown as ConnectionsService,
    powens as unknown as PowensAccountsClient,
  );

  beforeEach(() => {
    vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    connections.withToken.mockImplementation((_: string, use: (token: AccessToken) => unknown) => use(TOKEN));
  });

  it('should lend the token of the owner to the call, and to nothing else', async () => {
    powens.list.mockResolvedValue([{ id: '1' }]);

    await expect(service.list('alice')).resolves.toEqual([{ id: '1' }]);
    expect(connections.withToken).toHaveBeenCalledWith('alice', expect.any(Function));
    expect(powens.list).toHaveBeenCalledWith(TOKEN);
  });

  it.each([
    { error: new ConnectionsError('not_connected', 'canary'), status: 409, code: 'not_connected' },
    { error: new ConnectionsError('storage_failed', 'canary'), status: 503, code: 'storage_failed' },
    { error: new AccountsUnavailableError('status 500'), status: 502, code: 'upstream_failed' },
  ])('should answer $status $code, in words of its own', async ({ error, status, code }) => {
    powens.list.mockRejectedValue(error);

    await expect(service.list('alice')).rejects.toMatchObject({ status, code });
    await expect(service.list('alice')).rejects.not.toThrow('canary');
  });

  it('should leave what nobody expected to the filter', async () => {
    const error = new TypeError('odd');
    powens.list.mockRejectedValue(error);

    await expect(service.list('alice')).rejects.toBe(error);
  });
});
