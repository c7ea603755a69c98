import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CLIENT } from 'powens-sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { scan } from '../../helpers/canary/scan.js';
import type { Secret } from '../../helpers/canary/forms.js';
import { Browser } from '../../helpers/flow/browser.js';
import { start, stateOf, until, type Started } from '../../helpers/flow/person.js';
import { builtHost } from '../../helpers/host/build.js';
import { freePorts, HostProcess, listenTo, type HostSettings } from '../../helpers/host/host-process.js';

/** Each one ends with a `kill -9`; usually the first proves it. */
const MAX_ROUNDS = 100;

/** One person on the way through the flow. */
interface Traveller {
  readonly browser: Browser;
  readonly started: Started;
}

describe('the built host', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'host-process-'));
  const key = randomBytes(32);
  const processes: HostProcess[] = [];
  const secrets: Secret[] = [];
  let settings: HostSettings;
  let host: HostProcess;

  function remember(kind: string, value: string | Uint8Array): void {
    secrets.push({ kind, bytes: Buffer.from(value) });
    registerSecret(kind, value);
  }

  async function startAgain(): Promise<void> {
    host = await HostProcess.start(settings);
    processes.push(host);
  }

  async function signedIn(user: string): Promise<Browser> {
    const browser = new Browser(host.url, null);
    expect((await browser.post('/session', { user })).status).toBe(204);
    remember('session', browser.cookies.get('session') ?? '');
    return browser;
  }

  async function setOff(user: string): Promise<Traveller> {
    const browser = await signedIn(user);
    const started = await start(browser);
    remember('state', stateOf(started.url));
    remember('binding', browser.cookies.get('powens-binding') ?? '');
    return { browser, started };
  }

  async function eventsOf({ browser, started }: Traveller): Promise<string[]> {
    const { items } = (await browser.get('/events')).json<{ items: { type: string; attemptId: string }[] }>();
    return items.filter(({ attemptId }) => attemptId === started.attemptId).map(({ type }) => type);
  }

  async function expectConnected(traveller: Traveller): Promise<void> {
    const { browser, started } = traveller;
    const attempt = (await browser.get(`/connections/attempts/${started.attemptId}`)).json();
    expect(attempt).toMatchObject({ status: 'connected', error: null });
    await until(async () => (await eventsOf(traveller)).includes('connection.created'));
    expect(await eventsOf(traveller)).toEqual(['connection.created']);
  }

  beforeAll(async () => {
    settings = { ...(await freePorts()), dataDir, keys: `host:${key.toString('base64')}` };
    remember('key', key);
    remember('key', key.toString('base64'));
    // What the demo's sessions are signed with.
    remember(
      'session key',
      new Uint8Array(hkdfSync('sha256', settings.keys, '', 'powens-demo session cookie v1', 32)),
    );
    remember('client secret', DEFAULT_CLIENT.clientSecret);
    await startAgain();
  });

  afterAll(async () => {
    await host.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('should lose nothing when it is killed between connect and callback', async () => {
    // One is still at the first page, the other has been through the webview: the sandbox owes her a token.
    const [early, late] = [await setOff('early'), await setOff('late')];
    const callback = await host.passWebview(late.started.url);
    await host.kill();
    await startAgain();

    expect((await late.browser.get('/session')).json()).toEqual({ user: 'late' });
    const landed = await late.browser.get(callback);
    expect([landed.status, landed.location]).toEqual([303, expect.stringContaining(late.started.attemptId)]);
    await expectConnected(late);
    expect((await early.browser.get(await host.passWebview(early.started.url))).status).toBe(303);
    await expectConnected(early);
    expect((await early.browser.get('/accounts')).status).toBe(200);
  });

  it('should deliver after a restart what was committed right before a kill', async () => {
    const toldBy: string[] = [];
    while (!toldBy.includes('the new process') && toldBy.length < MAX_ROUNDS) {
      const traveller = await setOff(`round-${toldBy.length}`);
      const killed = host;
      expect(await killAtAnswer(killed, traveller, await host.passWebview(traveller.started.url))).toBe(303);
      await startAgain();
      const [connection] = (await traveller.browser.get('/connections')).json<{ items: { id: string }[] }>()
        .items;
      // The relay may have been faster than the kill; then nobody has to be told again.
      const wasFaster = killed.output.includes(`connection=${connection?.id}`);
      toldBy.push(wasFaster ? 'the killed process' : 'the new process');
      if (!wasFaster) await expectConnected(traveller);
    }
    expect(toldBy).toContain('the new process');
  });

  it('should log the three steps of an attempt, one line each, without the secrets', async () => {
    const traveller = await setOff('reader');
    await traveller.browser.get(await host.passWebview(traveller.started.url));
    await expectConnected(traveller);
    const steps = host.output
      .split('\n')
      .filter((line) => line.includes(traveller.started.attemptId) && line.includes('Step '))
      .map((line) => line.replace(/^.*\[ConnectionsFlow\] /, '').replace(traveller.started.attemptId, '…'));
    expect(steps).toEqual([
      'Step 1, redirect: attempt … sends the browser to the webview (connect)',
      'Step 2, callback: attempt … came back to its browser, code [redacted]',
      'Step 3, exchange: attempt … exchanged its code for the access token [redacted]',
    ]);
  });

  it('should have written no secret to its log or its files', async () => {
    const { codes, tokens } = await host.ledger();
    for (const { code } of codes) remember('code', code);
    for (const { token } of tokens) remember('access token', token);
    const ids = [...host.output.matchAll(/attempt ([0-9a-f-]{36})/g)].map(([, id = '']) => id);
    expect(await host.stop()).toBe(0);
    // `sandbox/` is left out: it plays Powens, who knows the codes and tokens that it gave out.
    const places = readdirSync(dataDir)
      .filter((name) => name !== 'sandbox')
      .map((name) => join(dataDir, name));
    const report = scan(secrets, places);
    const logs = processes.flatMap(({ output }) =>
      secrets.filter(({ bytes }) => output.includes(bytes.toString())),
    );
    expect(report.findings).toEqual([]);
    expect(logs.map(({ kind }) => kind)).toEqual([]);
    expect(new Set(secrets.map(({ kind }) => kind)).size).toBe(8);
    // The scan would find what is there: the bytes of an id.
    const canary = Buffer.from((ids.at(-1) ?? '').replaceAll('-', ''), 'hex');
    expect(scan([{ kind: 'id', bytes: canary }], places).findings).not.toEqual([]);
    process.stdout.write(
      `searched for ${secrets.length} secrets in ${report.files} files, ${report.bytes >> 20} MB\n`,
    );
  });
});

describe('npm run demo', () => {
  it('should walk the flow and exit 0', async () => {
    const child = spawn(process.execPath, [await builtHost('demo.js')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told = listenTo(child);
    await once(child, 'close');
    expect(told.text).toContain('TWO: ITS LIFE');
    expect(told.text).toContain('Everything went as it should');
    // Parameters are named, their values are not shown.
    expect(told.text).toMatch(/[?&]state=…/);
    expect(told.text).not.toMatch(/[?&](code|state)=[^…&\s]/);
    expect(child.exitCode).toBe(0);
  });
});

/** Opens the callback and kills the host in the very turn in which the answer arrives. */
async function killAtAnswer(host: HostProcess, { browser }: Traveller, callback: string): Promise<number> {
  const status = await new Promise<number>((resolve, reject) => {
    get(new URL(callback, host.url), { headers: { cookie: browser.cookieHeader() } }, (response) => {
      host.killNow();
      response.destroy();
      resolve(response.statusCode ?? 0);
    }).once('error', reject);
  });
  await host.end();
  return status;
}
