import {
  VERSION_NEUTRAL,
  VersioningType,
  type INestApplication,
  type VersioningOptions,
} from '@nestjs/common';
import type { ConnectionsModuleExtras } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { visitWebview } from '../../helpers/flow/person.js';
import { hmacWebhooks, push } from '../../helpers/webhooks/pushed.js';

const { secret, options } = hmacWebhooks();

interface Host {
  readonly versioning: VersioningOptions;
  readonly version?: NonNullable<Exclude<ConnectionsModuleExtras['routes'], false>>['version'];
  /** What the front end sends. */
  readonly headers?: Record<string, string>;
  readonly root?: string;
  /** Other paths that answer, too. */
  readonly others?: readonly string[];
}

const extractor = ({ headers }: { headers: Record<string, string> }): string => headers['x-api'] ?? '1';

const HOSTS: Record<string, Host> = {
  'a header, with a default': {
    versioning: { type: VersioningType.HEADER, header: 'x-api', defaultVersion: '1' },
    headers: { 'x-api': '1' },
  },
  'a header, and versions of the routes': {
    versioning: { type: VersioningType.HEADER, header: 'x-api', defaultVersion: '1' },
    version: ['2', '3'],
    headers: { 'x-api': '3' },
  },
  'a media type, with a default': {
    versioning: { type: VersioningType.MEDIA_TYPE, key: 'v=', defaultVersion: ['1', '2'] },
    headers: { accept: 'application/json;v=2' },
  },
  'an extractor, with a default': {
    versioning: { type: VersioningType.CUSTOM, extractor: extractor as never, defaultVersion: '7' },
  },
  'the URI, with two defaults': {
    versioning: { type: VersioningType.URI, defaultVersion: ['1', '2'] },
    root: '/v1/connections',
    others: ['/v2/connections'],
  },
  'the URI, and versions of the routes': {
    versioning: { type: VersioningType.URI, defaultVersion: '1' },
    version: ['2', '3'],
    root: '/v2/connections',
    others: ['/v3/connections'],
  },
  'the URI, neutral by default': {
    versioning: { type: VersioningType.URI, defaultVersion: VERSION_NEUTRAL },
  },
  'the URI, and neutral routes': {
    versioning: { type: VersioningType.URI, defaultVersion: '1' },
    version: VERSION_NEUTRAL,
  },
};

describe.each(ADAPTERS)('an application that versions its routes, on %s', (adapter) => {
  let base: FlowApp;

  useFlowApp({ adapter, options }, (opened) => {
    base = opened;
  });

  it.each(Object.keys(HOSTS))('should serve browsers and Powens with versions by %s [H4]', async (what) => {
    const { versioning, version, headers = {}, root = '/connections', others = [] } = HOSTS[what] as Host;
    const app = await startFlowApp({
      adapter,
      options,
      like: base,
      prepare: (host: INestApplication) => host.enableVersioning(versioning),
      extras: { routes: version === undefined ? {} : { version } },
    });
    const browser = app.browser(what.replaceAll(/\W+/g, '-'));
    const begun = await browser.post(`${root}/connect`, {}, headers);
    expect(begun.status).toBe(201);
    const { url, attemptId } = begun.json<{ url: string; attemptId: string }>();
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${app.url}${root}/callback`);
    // From here on as a browser navigates: without any version.
    const landed = await browser.get(await visitWebview(app, url), { accept: 'text/html,*/*;q=0.8' });
    expect(landed.location).toBe(`${root}/attempts/${attemptId}`);
    expect((await browser.get(landed.location)).json()).toMatchObject({ status: 'connected' });
    expect((await browser.get(`${root}/connect`)).status).toBe(303);
    for (const path of [root, ...others]) {
      expect((await browser.get(`${path}/callback?state=x`)).json()).toMatchObject({
        code: 'callback_refused',
      });
      const webhook = `${path}/webhooks/user-created`;
      expect((await push(app.url, webhook, {}, { secret: `${secret}x` })).status).toBe(401);
      const signedBy = async (signedPath: string): Promise<number> =>
        (await push(app.url, webhook, { id_webhook_data: 1 }, { secret, signedPath })).status;
      // As it is registered at Powens: with this version.
      expect(await signedBy(webhook)).toBe(204);
      expect(await signedBy('/elsewhere/webhooks/user-created')).toBe(401);
    }
    if (versioning.type === VersioningType.HEADER) {
      const odd = await browser.get(`${root}/callback?state=x`, { 'x-api': '99' });
      expect(odd.json()).toMatchObject({ code: 'callback_refused' });
      expect((await browser.get(root, { 'x-api': '99' })).status).toBe(version === undefined ? 200 : 404);
    }
    await app.stop();
  });
});
