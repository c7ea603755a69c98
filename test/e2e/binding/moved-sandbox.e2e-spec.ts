import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost } from '../../../src/bootstrap.js';
import { registerSecret } from '../../helpers/canary/collector.js';
import { CapturingLogger } from '../../helpers/canary/capturing-logger.js';
import { freePort } from '../../helpers/free-port.js';

const JSON_BODY = { 'content-type': 'application/json' };

/** A person with a cookie jar. */
class Person {
  private readonly jar = new Map<string, string>();

  async ask(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.jar].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, { redirect: 'manual', ...init, headers: { ...JSON_BODY, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      this.jar.set(name, value);
      registerSecret('cookie', value);
    }
    return response;
  }
}

describe('the demo host with a directory that it used before', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'host-'));
  const key = randomBytes(32).toString('base64');
  let ports: readonly string[];

  beforeAll(async () => {
    registerSecret('key', key);
    ports = [String(await freePort()), String(await freePort())];
  });

  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (sandboxPort: string | undefined): ReturnType<typeof startHost> =>
    startHost(
      { PORT: '0', SANDBOX_PORT: sandboxPort, DATA_DIR: dataDir, CONNECTIONS_KEYS: `test:${key}` },
      { logger: new CapturingLogger() },
    );

  it("should keep its people's banks when the sandbox gets another port [N2]", async () => {
    const anna = new Person();
    let host = await start(ports[0]);
    try {
      await anna.ask(new URL('/session', host.url), { method: 'POST', body: '{"user":"anna"}' });
      const started = await anna.ask(new URL('/connections/connect', host.url), {
        method: 'POST',
        body: '{}',
      });
      const { url } = (await started.json()) as { url: string };
      registerSecret('state', new URL(url).searchParams.get('state') ?? '');
      const visit = { method: 'POST', body: JSON.stringify({ url }) };
      const visited = await anna.ask(new URL('/sandbox/webview', host.sandboxUrl ?? ''), visit);
      const { location } = (await visited.json()) as { location: string };
      expect((await anna.ask(location)).status).toBe(303);
    } finally {
      await host.close();
    }
    host = await start(ports[1]);
    try {
      expect(host.sandboxUrl).toContain(String(ports[1]));
      await anna.ask(new URL('/session', host.url), { method: 'POST', body: '{"user":"anna"}' });
      const answer = await anna.ask(new URL('/accounts', host.url));
      const { items } = (await answer.json()) as { items: unknown[] };
      expect(answer.status).toBe(200);
      expect(items.length).toBeGreaterThan(0);
    } finally {
      await host.close();
    }
  });
});
