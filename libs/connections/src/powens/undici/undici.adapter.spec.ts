import { type AxiosRequestConfig, isCancel } from 'axios';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/helpers/until.js';
import { failureOf, instanceFor } from '../__support__/adapter-under-test.js';
import { rejection } from '../__support__/powens-under-test.js';
import { json, stubHttp } from '../__support__/stub-server.js';
import { createUndiciAdapter } from './undici.adapter.js';

describe(createUndiciAdapter.name, () => {
  describe('request', () => {
    it('should send method, path, headers and body as axios was told', async () => {
      const stub = await stubHttp((_, response) => json(response, { fine: true }));
      const answer = await instanceFor(stub.origin).post(
        `${stub.origin}/2.0/auth/init?a=%2B`,
        { naïve: 'é€' },
        { headers: { 'X-Mine': '1', authorization: 'Bearer x' } },
      );
      expect(answer).toMatchObject({ status: 200, statusText: 'OK', data: { fine: true } });
      expect(answer.headers['content-type']).toBe('application/json');
      expect(stub.requests).toMatchObject([
        { method: 'POST', url: '/2.0/auth/init?a=%2B', body: '{"naïve":"é€"}' },
      ]);
      expect(stub.requests[0]?.headers).toMatchObject({
        'x-mine': '1',
        authorization: 'Bearer x',
        'content-length': '18',
        'accept-encoding': 'identity',
        host: `127.0.0.1:${stub.port}`,
        connection: 'keep-alive',
      });
    });

    it('should understand baseURL and params as axios does', async () => {
      const stub = await stubHttp((_, response) => json(response, 1));
      await instanceFor(stub.origin).get('/users/me', {
        baseURL: `${stub.origin}/2.0`,
        params: { expand: 'a b' },
      });
      expect(stub.requests[0]?.url).toBe('/2.0/users/me?expand=a+b');
    });

    it('should let nobody set the headers that frame the message', async () => {
      const stub = await stubHttp((_, response) => json(response, 1));
      const headers = {
        Host: 'evil.test',
        'Content-Length': '1',
        'Transfer-Encoding': 'chunked',
        'Accept-Encoding': 'gzip',
        Connection: 'close',
      };
      await instanceFor(stub.origin).post(`${stub.origin}/x`, 'whole body', { headers });
      expect(stub.requests[0]?.body).toBe('whole body');
      expect(stub.requests[0]?.headers).toMatchObject({
        host: `127.0.0.1:${stub.port}`,
        'accept-encoding': 'identity',
      });
      expect(stub.requests[0]?.headers['transfer-encoding']).toBeUndefined();
    });

    it.each(['put', 'post', 'patch'] as const)(
      'should tell the length of an empty body of %s',
      async (method) => {
        const stub = await stubHttp((_, response) => json(response, 1));
        await instanceFor(stub.origin)[method](`${stub.origin}/x`);
        expect(stub.requests[0]?.headers['content-length']).toBe('0');
      },
    );

    it.each([
      ['a path with a space', { url: '/a b' }],
      ['a body that is neither text nor bytes', { data: { a: 1 }, transformRequest: [] }],
    ])('should refuse %s', async (_, { url = '/', ...config }: AxiosRequestConfig) => {
      const stub = await stubHttp((__, response) => json(response, 1));
      const call = instanceFor(stub.origin).request({ ...config, method: 'post', url: stub.origin + url });
      expect((await failureOf(call)).phase).toBe('misuse');
      expect(stub.sockets.opened).toBe(0);
    });

    it('should never send a header that a line break would smuggle in', async () => {
      const stub = await stubHttp((_, response) => json(response, 1));
      const headers = { 'x-a': 'b\r\nx-smuggled: c' };
      await instanceFor(stub.origin)
        .get(`${stub.origin}/x`, { headers })
        .catch(() => undefined);
      expect(stub.requests[0]?.headers['x-smuggled']).toBeUndefined();
    });

    it.each([
      ['name', 'x a', 'b'],
      ['value', 'x-a', '€'],
    ])('should refuse a header of an impossible %s, and stay usable', async (_, name, value) => {
      const stub = await stubHttp((__, response) => json(response, 1));
      const instance = instanceFor(stub.origin, { maxSockets: 1 });
      const refused = instance.get(`${stub.origin}/x`, { headers: { [name]: value } });
      expect((await failureOf(refused)).phase).toBe('misuse');
      expect((await instance.get(`${stub.origin}/x`)).status).toBe(200);
    });
  });

  describe('sockets', () => {
    it('should keep sockets and use them again', async () => {
      const stub = await stubHttp((_, response) => json(response, 1));
      const instance = instanceFor(stub.origin);
      for (let call = 0; call < 5; call += 1) {
        await instance.post(`${stub.origin}/x`, 'body');
      }
      expect(stub.requests).toHaveLength(5);
      // undici looks at a socket once more before it uses it again: one call after the other alternate between two.
      expect(stub.sockets.opened).toBeLessThanOrEqual(2);
    });

    it('should open no more than maxSockets, and let the others wait', async () => {
      const stub = await stubHttp((_, response) => setTimeout(() => json(response, 1), 10));
      const instance = instanceFor(stub.origin, { maxSockets: 2 });
      await Promise.all(Array.from({ length: 10 }, () => instance.get(`${stub.origin}/x`)));
      expect(stub.requests).toHaveLength(10);
      expect(stub.sockets.opened).toBe(2);
    });

    it('should leave no timer behind', async () => {
      const timers = (): number =>
        process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      const stub = await stubHttp((_, response) => json(response, 1));
      const instance = instanceFor(stub.origin);
      await instance.get(`${stub.origin}/x`);
      const before = timers();
      await Promise.all(Array.from({ length: 20 }, () => instance.get(`${stub.origin}/x`)));
      expect(timers()).toBeLessThanOrEqual(before);
    });
  });

  describe("axios' API", () => {
    it('should leave every status to its caller', async () => {
      const stub = await stubHttp((request, response) =>
        json(response, { at: request.url }, Number(request.url.slice(1))),
      );
      const instance = instanceFor(stub.origin);
      for (const status of [204, 404, 500]) {
        expect((await instance.get(`${stub.origin}/${status}`)).status).toBe(status);
      }
    });

    it('should run response interceptors and transforms', async () => {
      const stub = await stubHttp((_, response) => json(response, { a: 1 }));
      const instance = instanceFor(stub.origin);
      instance.interceptors.response.use((response) => Object.assign(response, { status: 299 }));
      const answer = await instance.get(`${stub.origin}/x`, {
        transformResponse: (text: string) => text.length,
      });
      expect(answer).toMatchObject({ status: 299, data: 7 });
    });

    it('should cut a request when its signal says so', async () => {
      const stub = await stubHttp(() => undefined);
      const abort = new AbortController();
      const call = instanceFor(stub.origin).get(`${stub.origin}/x`, { signal: abort.signal });
      await eventually(() => expect(stub.requests).toHaveLength(1));
      abort.abort();
      expect(isCancel(await rejection(call))).toBe(true);
      await eventually(() => expect(stub.sockets.closed).toBe(1));
    });

    it('should not even start when its signal was given already', async () => {
      const stub = await stubHttp((_, response) => json(response, 1));
      const call = instanceFor(stub.origin).get(`${stub.origin}/x`, { signal: AbortSignal.abort() });
      expect(isCancel(await rejection(call))).toBe(true);
      expect(stub.sockets.opened).toBe(0);
    });
  });
});
