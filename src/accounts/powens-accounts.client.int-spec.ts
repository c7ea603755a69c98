import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import axios from 'axios';
import { AccessToken } from 'nestjs-powens-connections';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppConfig } from '../config/app.config.js';
import { AccountsUnavailableError, PowensAccountsClient } from './powens-accounts.client.js';

const TOKEN = 'canary-access-token';

describe(PowensAccountsClient.name, () => {
  let server: Server;
  let client: PowensAccountsClient;
  let answer: RequestListener;

  beforeEach(async () => {
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/2.0`;
    client = new PowensAccountsClient(new HttpService(axios.create()), { powens: { apiUrl } } as AppConfig);
  });

  afterEach(() => {
    client.onApplicationShutdown();
    server.close();
  });

  it('should read the accounts with the token as bearer', async () => {
    const seen = vi.fn();
    answer = (request, response) => {
      seen(request.method, request.url, request.headers.authorization);
      response.end(JSON.stringify({ accounts: [{ id: 1, id_connection: 2, name: 'A' }] }));
    };

    await expect(client.list(AccessToken.of(TOKEN))).resolves.toMatchObject([{ id: '1', name: 'A' }]);
    expect(seen).toHaveBeenCalledWith('GET', '/2.0/users/me/accounts', `Bearer ${TOKEN}`);
  });

  it.each<{ trouble: string; listener: RequestListener; reason: string }>([
    {
      trouble: 'a refusal',
      listener: (_, response) => response.writeHead(401).end('{}'),
      reason: 'status 401',
    },
    {
      trouble: 'a failure',
      listener: (_, response) => response.writeHead(503).end('<html>'),
      reason: 'status 503',
    },
    {
      trouble: 'a redirect',
      listener: (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      reason: 'status 302',
    },
    { trouble: 'a page', listener: (_, response) => response.end('<html>'), reason: 'not what' },
    { trouble: 'a cut link', listener: (request) => request.socket.destroy(), reason: 'ECONNRESET' },
  ])('should tell $trouble without the token', async ({ listener, reason }) => {
    answer = listener;

    const error: unknown = await client.list(AccessToken.of(TOKEN)).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(AccountsUnavailableError);
    expect((error as AccountsUnavailableError).reason).toContain(reason);
    const told = inspect([error, vi.mocked(Logger.prototype.warn).mock.calls], { depth: null });
    expect(told).not.toContain(TOKEN);
  });
});
