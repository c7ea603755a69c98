import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { platformBefore } from '../../helpers/webhooks/platform.js';
import { hmacWebhooks, inboxOf, push } from '../../helpers/webhooks/pushed.js';

describe('webhooks whose bytes somebody read, or whose URL looks like the probe', () => {
  let app: FlowApp;

  afterEach(async () => {
    await app.close();
  });

  it.each(['express', 'fastify'] as const)(
    'should take the bytes that a platform read before and left in rawBody, on %s [H10]',
    async (adapter) => {
      const { secret, options } = hmacWebhooks();
      app = await startFlowApp({ adapter, options });
      const platform = await platformBefore(app.app);
      try {
        const path = '/connections/webhooks/connection-deleted';
        expect((await push(platform.url, path, { id: 1 }, { secret })).status).toBe(204);
        expect((await push(platform.url, path, { id: 2 }, { secret: 'wh_another' })).status).toBe(401);
        const bytes = gzipSync('{"id": 3}');
        const headers = { 'content-encoding': 'gzip' };
        expect((await push(platform.url, path, null, { secret, bytes, headers })).status).toBe(204);
        expect(await inboxOf(app)).toHaveLength(2);
      } finally {
        await platform.close();
      }
    },
  );

  it('should take a signed webhook for what it is, however its URL ends [N28]', async () => {
    const { secret, options } = hmacWebhooks();
    app = await startFlowApp({ options });
    const path = '/connections/webhooks/connection-deleted';
    for (const target of [`${path}?to=/webhooks/boot_probe`, `${path}?/connections/webhooks/boot_probe`]) {
      const id = target.length;
      expect((await push(app.url, target, { id }, { secret, signedPath: path })).status).toBe(204);
    }
    expect(await inboxOf(app)).toHaveLength(2);
    for (const target of [
      '/connections/webhooks/boot_probe',
      '/connections/webhooks/x/webhooks/boot_probe',
    ]) {
      expect((await push(app.url, target, {}, { secret, signature: null })).status).toBe(401);
    }
  });
});
