import { describe, expect, it, vi } from 'vitest';
import { failureOf, instanceFor } from '../__support__/adapter-under-test.js';
import { json, stubHttp } from '../__support__/stub-server.js';
import { createUndiciAdapter } from './undici.adapter.js';

describe(createUndiciAdapter.name, () => {
  describe('origin [OA-15]', () => {
    it.each([
      ['another port', (origin: string) => `${origin}1/x`],
      ['a longer host', (origin: string) => `${origin}.evil.test/x`],
      ['credentials', (origin: string) => `${origin}@evil.test/x`],
      ['another scheme', (origin: string) => `${origin.replace('http:', 'https:')}/x`],
      ['no scheme', (origin: string) => `${origin.replace('http:', '')}/x`],
      ['the metadata service', () => 'http://169.254.169.254/latest'],
      ['a file', () => 'file:///etc/passwd'],
      ['nothing', () => undefined],
    ])('should refuse a URL with %s', async (_, urlOf) => {
      const stub = await stubHttp((__, response) => json(response, 1));
      const call = instanceFor(stub.origin).request({
        url: urlOf(stub.origin) as string,
        method: 'post',
        data: 'secret',
      });
      expect(await failureOf(call)).toMatchObject({ phase: 'misuse', code: 'ERR_BAD_OPTION_VALUE' });
      expect(stub.sockets.opened).toBe(0);
    });

    it('should refuse another origin that an interceptor put in', async () => {
      const other = await stubHttp((_, response) => json(response, 1));
      const stub = await stubHttp((_, response) => json(response, 1));
      const instance = instanceFor(stub.origin);
      instance.interceptors.request.use((config) => Object.assign(config, { url: `${other.origin}/x` }));
      expect((await failureOf(instance.get(`${stub.origin}/x`))).phase).toBe('misuse');
      expect(other.sockets.opened).toBe(0);
    });

    it.each([301, 302, 303, 307, 308])('should not follow a %i [U11]', async (status) => {
      const other = await stubHttp((_, response) => json(response, 1));
      const location = `${other.origin}/steal`;
      const stub = await stubHttp((_, response) => json(response, '{}', status, { location }));
      const answer = await instanceFor(stub.origin).post(`${stub.origin}/x`, 'secret', {
        validateStatus: () => true,
        maxRedirects: 5,
      });
      expect(answer.status).toBe(status);
      expect(other.sockets.opened).toBe(0);
      expect(stub.requests).toHaveLength(1);
    });

    it('should read no proxy variable', async () => {
      const proxy = await stubHttp((_, response) => json(response, 1));
      vi.stubEnv('http_proxy', proxy.origin);
      vi.stubEnv('HTTP_PROXY', proxy.origin);
      const stub = await stubHttp((_, response) => json(response, 'direct'));
      expect((await instanceFor(stub.origin).get(`${stub.origin}/x`)).data).toBe('direct');
      expect(proxy.sockets.opened).toBe(0);
    });
  });
});
