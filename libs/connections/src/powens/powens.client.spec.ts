import { HttpModule, HttpService } from '@nestjs/axios';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { answering } from './__support__/calls-under-test.js';
import {
  CODE,
  clientFor,
  optionsFor,
  REDIRECT_URI,
  rejection,
  SECRETS,
  TOKEN,
} from './__support__/powens-under-test.js';
import { json, stubHttp } from './__support__/stub-server.js';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { ConnectionsError } from '../errors/connections.error.js';
import type { Secret } from '../values/secrets/secret.js';
import type { VerifiedPowensUserId } from '../values/verified-ids.js';
import { powensHttpOptions } from './powens-http.options.js';
import { PowensClient } from './powens.client.js';

const CONNECTION = {
  id: 1187,
  id_user: 412,
  connector_uuid: 'u',
  connector: { name: 'Bank' },
  state: 'SCARequired',
};
const PARSED = {
  id: '1187',
  userId: '412',
  connectorUuid: 'u',
  connectorName: 'Bank',
  state: 'SCARequired',
  created: null,
  lastUpdate: null,
  expire: null,
};
const CREDENTIALS = { client_id: '20000001', client_secret: SECRETS.clientSecret };
const BEARER = `Bearer ${SECRETS.token}`;

const clear = (secret: Secret): string => secret.use((value) => value);

describe(PowensClient.name, () => {
  describe('operations', () => {
    it('should exchange the code exactly as it was decoded', async () => {
      const stub = await stubHttp((_, response) =>
        json(response, { access_token: 'x+/=', token_type: 'Bearer' }),
      );
      expect(clear(await clientFor(stub.origin).exchangeCode(CODE, { redirectUri: REDIRECT_URI }))).toBe(
        'x+/=',
      );
      const [request] = stub.requests;
      expect(request).toMatchObject({ method: 'POST', url: '/2.0/auth/token/access' });
      expect(request?.headers).toMatchObject({
        'content-type': 'application/json',
        accept: 'application/json',
      });
      expect(request?.headers.authorization).toBeUndefined();
      expect(JSON.parse(request?.body ?? '')).toEqual({
        grant_type: 'authorization_code',
        ...CREDENTIALS,
        code: SECRETS.code,
      });
    });

    it('should send the redirect URI only when told to', async () => {
      const stub = await stubHttp((_, response) => json(response, { access_token: 'x' }));
      await clientFor(stub.origin, { sendRedirectUri: true }).exchangeCode(CODE, {
        redirectUri: REDIRECT_URI,
      });
      expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({ redirect_uri: REDIRECT_URI });
    });

    it('should create a permanent user', async () => {
      const stub = await stubHttp((_, response) =>
        json(response, { auth_token: 'x', type: 'permanent', id_user: 412 }),
      );
      const { token, powensUserId } = await clientFor(stub.origin).initUser();
      expect([clear(token), powensUserId]).toEqual(['x', '412']);
      expect(stub.requests).toMatchObject([
        { method: 'POST', url: '/2.0/auth/init', body: JSON.stringify(CREDENTIALS) },
      ]);
    });

    it('should ask who the new user is when the answer does not say', async () => {
      const stub = await stubHttp((request, response) =>
        json(response, request.method === 'POST' ? { auth_token: 'x' } : { id: 412 }),
      );
      expect((await clientFor(stub.origin).initUser()).powensUserId).toBe('412');
      expect(stub.requests[1]).toMatchObject({
        url: '/2.0/users/me',
        headers: { authorization: 'Bearer x' },
      });
    });

    it('should renew a token for exactly the user given [RL-19]', async () => {
      const stub = await stubHttp((_, response) =>
        json(response, { access_token: 'new', token_type: 'Bearer' }),
      );
      const token = await clientFor(stub.origin).renewToken('9007199254740993' as VerifiedPowensUserId, {
        revokePrevious: true,
      });
      expect(clear(token)).toBe('new');
      expect(stub.requests[0]?.url).toBe('/2.0/auth/renew');
      expect(stub.requests[0]?.body).toMatch(/"revoke_previous":true,"id_user":9007199254740993}$/);
    });

    it.each([
      '',
      '0',
      '-1',
      '1.5',
      ' 1',
      '1 ',
      'me',
      '1e3',
      '1,"a":2',
      '12345678901234567890',
      undefined,
      null,
    ])('should renew nothing for the user %j [RL-10]', async (id) => {
      const stub = await answering(200);
      const call = clientFor(stub.origin).renewToken(id as VerifiedPowensUserId, { revokePrevious: true });
      expect(await rejection(call)).toBeInstanceOf(ConnectionsError);
      expect(stub.sockets.opened).toBe(0);
    });

    it('should make a webview code', async () => {
      const stub = await stubHttp((_, response) => json(response, { code: 'a+b', access: 'single' }));
      expect(clear(await clientFor(stub.origin).createWebviewCode(TOKEN))).toBe('a+b');
      expect(stub.requests).toMatchObject([
        { method: 'GET', url: '/2.0/auth/token/code?type=singleAccess', headers: { authorization: BEARER } },
      ]);
    });

    it.each([
      [
        'getConnection',
        'GET',
        '/1187?expand=connector,sources',
        (client: PowensClient) => client.getConnection(TOKEN, '1187'),
      ],
      [
        'syncConnection',
        'PUT',
        '/1187?psu_requested=false&expand=connector,sources',
        (client: PowensClient) => client.syncConnection(TOKEN, '1187', { psuRequested: false }),
      ],
    ])('should call %s', async (_, method, path, call) => {
      const stub = await stubHttp((__, response) => json(response, CONNECTION));
      expect(await call(clientFor(stub.origin))).toEqual(PARSED);
      expect(stub.requests).toMatchObject([
        { method, url: `/2.0/users/me/connections${path}`, body: '', headers: { authorization: BEARER } },
      ]);
    });

    it('should list connections and tell the user', async () => {
      const stub = await stubHttp((request, response) =>
        json(response, request.url.includes('connections') ? { connections: [CONNECTION] } : { id: 412 }),
      );
      const client = clientFor(stub.origin);
      expect(await client.listConnections(TOKEN)).toEqual([PARSED]);
      expect(await client.getUser(TOKEN)).toMatchObject({ id: '412' });
      expect(stub.requests.map(({ url }) => url)).toEqual([
        '/2.0/users/me/connections?expand=connector%2Csources&limit=1000',
        '/2.0/users/me',
      ]);
    });
  });

  describe('in a module', () => {
    it('should be made of the options and an HttpModule, and close its sockets at shutdown', async () => {
      const stub = await stubHttp((_, response) => json(response, { id: 412 }));
      const options = { provide: RESOLVED_OPTIONS, useValue: optionsFor(stub.origin) };
      const httpModule = HttpModule.registerAsync({
        inject: [RESOLVED_OPTIONS],
        useFactory: powensHttpOptions,
        extraProviders: [options],
      });
      const app = await Test.createTestingModule({
        imports: [httpModule],
        providers: [PowensClient, options],
      }).compile();
      app.enableShutdownHooks();
      expect(await app.get(PowensClient).getUser(TOKEN)).toMatchObject({ id: '412' });
      expect(stub.sockets.open).toBe(1);
      await app.close();
      await expect.poll(() => stub.sockets.open).toBe(0);
    });

    it('should leave axios usable for interceptors and its short forms', async () => {
      const stub = await stubHttp((_, response) => json(response, { id: 412 }));
      const httpModule = HttpModule.register(powensHttpOptions(optionsFor(stub.origin)));
      const options = { provide: RESOLVED_OPTIONS, useValue: optionsFor(stub.origin) };
      const app = await Test.createTestingModule({
        imports: [httpModule],
        providers: [PowensClient, options],
      }).compile();
      const { axiosRef } = app.get(HttpService);
      axiosRef.interceptors.request.use((config) => {
        config.headers.set('x-correlation', 'abc');
        return config;
      });
      await app.get(PowensClient).getUser(TOKEN);
      expect((await axiosRef.post<string>(`${stub.origin}/x`, 'text')).data).toBe('{"id":412}');
      expect(stub.requests.map(({ headers }) => headers['x-correlation'])).toEqual(['abc', 'abc']);
      await app.close();
    });
  });
});
