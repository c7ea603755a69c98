import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';
import { settleConfig, type Started } from './settle-config.js';

const STARTED: Started = {
  port: 3456,
  database: { kind: 'embedded', dataDir: '/data', socketDir: '/tmp/sockets', opened: Promise.resolve() },
  sandboxUrl: 'http://127.0.0.1:4567',
};

function settled(env: NodeJS.ProcessEnv, started = STARTED) {
  return settleConfig(readEnvironment({ CONNECTIONS_KEYS: 'k:key', ...env }), started);
}

describe(settleConfig.name, () => {
  it('should build the public URL from the port that was found', () => {
    expect(settled({ PORT: '0' }).publicUrl).toBe('http://localhost:3456');
  });

  it('should keep a public URL that was given', () => {
    expect(settled({ PUBLIC_URL: 'https://app.example.com/base' }).publicUrl).toBe(
      'https://app.example.com/base',
    );
  });

  it('should use the sandbox when Powens was not named', () => {
    expect(settled({}).powens).toMatchObject({
      domain: 'demo-sandbox',
      clientId: '20000001',
      apiUrl: 'http://127.0.0.1:4567/2.0',
      webviewUrl: 'http://127.0.0.1:4567',
    });
  });

  it.each([
    ['acme', 'https://acme.biapi.pro/2.0'],
    ['acme.biapi.pro', 'https://acme.biapi.pro/2.0'],
  ])('should derive the API of the domain %s', (domain, apiUrl) => {
    const env = { POWENS_DOMAIN: domain, POWENS_CLIENT_ID: '1', POWENS_CLIENT_SECRET: 's' };

    expect(settled(env, { ...STARTED, sandboxUrl: null }).powens).toMatchObject({ apiUrl, webviewUrl: null });
  });

  it('should prefer the URLs that were given', () => {
    const urls = {
      POWENS_API_URL: 'http://localhost:4000/2.0',
      POWENS_WEBVIEW_URL: 'http://localhost:4000/',
    };
    const env = { POWENS_DOMAIN: 'acme', POWENS_CLIENT_ID: '1', POWENS_CLIENT_SECRET: 's', ...urls };

    expect(settled(env, { ...STARTED, sandboxUrl: null }).powens).toMatchObject({
      apiUrl: 'http://localhost:4000/2.0',
      webviewUrl: 'http://localhost:4000',
    });
  });
});
