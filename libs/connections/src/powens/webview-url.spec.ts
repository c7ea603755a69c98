import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebviewCode } from '../values/secrets/webview-code.js';
import type { ConnectWebview, WebviewInput } from './webview-input.js';
import { buildWebviewUrl, domainHost } from './webview-url.js';

const ROOT = 'https://webview.powens.com';
const BASE = {
  lang: 'fr',
  domain: 'acme-sandbox.biapi.pro',
  clientId: '12345678',
  redirectUri: 'https://app.example.test/powens/callback',
  state: 's_8fK2q',
};
const CODE = WebviewCode.of('aB3+dE/fG6_hI9jK==');

function build(input: object): string {
  return buildWebviewUrl(ROOT, { ...BASE, ...input } as WebviewInput);
}

function parametersOf(input: object): Record<string, string> {
  return Object.fromEntries(new URL(build(input)).searchParams);
}

const REQUIRED = {
  domain: 'acme-sandbox.biapi.pro',
  client_id: '12345678',
  redirect_uri: BASE.redirectUri,
  state: 's_8fK2q',
};

describe(buildWebviewUrl.name, () => {
  it('should write the URL of the documentation', () => {
    expect(
      build({ flow: 'connect', code: CODE, capabilities: ['bank', 'bankwealth'], maxConnections: 3 }),
    ).toBe(
      'https://webview.powens.com/fr/connect?domain=acme-sandbox.biapi.pro&client_id=12345678' +
        '&redirect_uri=https%3A%2F%2Fapp.example.test%2Fpowens%2Fcallback&code=aB3%2BdE%2FfG6_hI9jK%3D%3D&state=s_8fK2q' +
        '&connector_capabilities=bank%2Cbankwealth&max_connections=3',
    );
  });

  it('should send no code for an anonymous user', () => {
    expect(parametersOf({ flow: 'connect' })).toEqual(REQUIRED);
  });

  it('should know every parameter of connect', () => {
    const parameters = parametersOf({
      flow: 'connect',
      connectorUuids: ['u1', 'u2'],
      connectorIds: ['40', '41'],
      capabilities: ['bank'],
      accountTypes: ['checking', 'card'],
      accountUsages: ['priv'],
      accountIbans: ['FR76', 'FR77'],
      country: 'FR',
      maxConnections: 2,
      connectorFields: { u1: { website: 'par', login: 'a b' }, u2: { login: '=&' } },
    });
    expect(parameters).toEqual({
      ...REQUIRED,
      connector_uuids: 'u1,u2',
      connector_ids: '40,41',
      connector_capabilities: 'bank',
      account_types: 'checking,card',
      account_usages: 'priv',
      account_ibans: 'FR76,FR77',
      connector_country: 'FR',
      max_connections: '2',
      'u1.website': 'par',
      'u1.login': 'a b',
      'u2.login': '=&',
    });
  });

  it('should know every parameter of reconnect', () => {
    const code = { code: 'aB3+dE/fG6_hI9jK==' };
    const input = { flow: 'reconnect', code: CODE, connectionId: '1187' };
    expect(parametersOf(input)).toEqual({ ...REQUIRED, ...code, connection_id: '1187' });
    expect(parametersOf({ ...input, resetCredentials: false })).not.toHaveProperty('reset_credentials');
    expect(
      parametersOf({ ...input, resetCredentials: true, connectionSources: ['openapi', 'directaccess'] }),
    ).toMatchObject({
      reset_credentials: 'true',
      connection_sources: 'openapi,directaccess',
    });
  });

  it('should know every parameter of manage', () => {
    const input = { flow: 'manage', code: CODE, connectionId: '1187', capabilities: ['bank'], country: 'FR' };
    expect(parametersOf(input)).toMatchObject({
      connection_id: '1187',
      connector_capabilities: 'bank',
      connector_country: 'FR',
    });
    expect(new URL(build(input)).pathname).toBe('/fr/manage');
  });

  it('should leave out empty lists and what is not given', () => {
    expect(
      parametersOf({ flow: 'connect', connectorUuids: [], country: undefined, connectorFields: {} }),
    ).toEqual(REQUIRED);
  });

  it('should let extras add, and never replace', () => {
    const extras = {
      client_id: 'evil',
      redirect_uri: 'https://evil.test',
      code: 'evil',
      state: 'evil',
      domain: 'evil.test',
      connector_country: 'DE',
      theme: 'dark blue',
    };
    const parameters = new URL(build({ flow: 'connect', country: 'FR', extras })).searchParams;
    expect([...parameters]).toEqual([
      ...Object.entries(REQUIRED),
      ['connector_country', 'FR'],
      ['theme', 'dark blue'],
    ]);
  });

  it.each(['', 'FR', 'fra', '..', 'f/', 'f?', 'f\n'])('should refuse the language %j', (lang) => {
    expect(() => build({ flow: 'connect', lang })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }) as Error,
    );
  });

  it('should keep the path of a root, and its port', () => {
    const url = buildWebviewUrl('http://127.0.0.1:4000/base/', { ...BASE, flow: 'connect' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:4000\/base\/fr\/connect\?domain=/);
  });

  it('should give back exactly what was put in, whatever it is', () => {
    const text = fc.string({ unit: fc.constantFrom(...'+ &=%#?/,;a\'"\\\n\0é€😀'), maxLength: 8 });
    const input = fc.record(
      {
        state: text,
        redirectUri: text,
        clientId: text,
        country: text,
        connectorUuids: fc.array(text, { minLength: 1 }),
        extras: fc.dictionary(text, text),
      },
      { requiredKeys: ['state', 'redirectUri', 'clientId'] },
    );
    fc.assert(
      fc.property(input, text, (given, code) => {
        const url = build({ ...given, flow: 'connect', code: WebviewCode.of(code) });
        expect(url).not.toMatch(/[+\s]/);
        const parameters = new URL(url).searchParams;
        expect(parameters.getAll('state')).toEqual([given.state]);
        expect(parameters.getAll('code')).toEqual([code]);
        expect(parameters.getAll('redirect_uri')).toEqual([given.redirectUri]);
        expect(parameters.getAll('client_id')).toEqual([given.clientId]);
        expect(parameters.get('connector_uuids')).toBe(
          given.connectorUuids?.join(',') ?? given.extras?.['connector_uuids'] ?? null,
        );
      }),
    );
  });

  it('should survive half a character', () => {
    expect(parametersOf({ flow: 'connect', state: 'a\ud800b' })['state']).toBe('a\ufffdb');
  });

  it('should demand a code where the webview does', () => {
    // @ts-expect-error -- reconnect acts for a known user
    const input: WebviewInput = { ...BASE, flow: 'reconnect', connectionId: '1' };
    const anonymous: ConnectWebview = { ...BASE, flow: 'connect' };
    expect([input.flow, anonymous.flow]).toEqual(['reconnect', 'connect']);
  });
});

describe(domainHost.name, () => {
  it.each(['acme', 'acme.biapi.pro', 'https://acme.biapi.pro/2.0/', 'https://acme.biapi.pro?x'])(
    'should read %s as a host',
    (domain) => {
      expect(domainHost(domain)).toBe('acme.biapi.pro');
    },
  );
});
