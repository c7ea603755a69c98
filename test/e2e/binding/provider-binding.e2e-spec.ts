import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionsService, PowensService } from 'nestjs-powens-connections';
import { DEFAULT_CLIENT } from 'powens-sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { advance, connected, connectionsOf } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';
import { powensUserIdOf } from '../../helpers/flow/reconciling.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

const OWNERS = ['anna', 'bruno', 'clara'];

/** An owner who deleted every bank: no connection is left to compare. */
const BANKLESS = 'emil';

/** One address, behind which another Powens can be put. */
class Switch {
  target = '';
  readonly #server: Server = createServer((incoming, answer) => {
    const { method, headers } = incoming;
    const { hostname, port } = new URL(this.target);
    const outgoing = request({ hostname, port, method, headers, path: incoming.url }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });

  async open(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const { domain, clientId, clientSecret } = DEFAULT_CLIENT;
const CLIENT = { domain, clientId, clientSecret };

interface Kept {
  readonly owner_id: string;
  readonly status: string;
  readonly sealed_token: string;
}

/** Owners of an application, and people of another one whose Powens users have the same numbers. */
describe('another Powens with the same user numbers', () => {
  const powensSwitch = new Switch();
  let powens: typeof CLIENT & { apiUrl: string; webviewUrl: string };
  let app: FlowApp;
  let strangers: FlowApp;
  let numbers: readonly string[];
  let living: readonly string[];

  beforeAll(async () => {
    const address = await powensSwitch.open();
    strangers = await startFlowApp();
    powensSwitch.target = strangers.sandbox.url;
    powens = { ...CLIENT, apiUrl: `${address}/2.0`, webviewUrl: address };
    app = await startFlowApp({ options: { powens, lifecycle: { sweepIntervalMs: 200 } } });
    powensSwitch.target = app.sandbox.url;
    for (const owner of OWNERS) {
      const { browser, connection } = await connected(app, owner);
      // Another one in its place: the numbers of the connections are others than those of the strangers.
      await connect(app, browser);
      expect((await browser.send('DELETE', `/connections/${connection.id}`, {})).status).toBe(204);
      await connected(strangers, `${owner} of another application`);
    }
    const { browser, connection } = await connected(app, BANKLESS);
    expect((await browser.send('DELETE', `/connections/${connection.id}`, {})).status).toBe(204);
    await advance(strangers, 2 * 86_400);
    await connected(strangers, `${BANKLESS} of another application`);
    numbers = await Promise.all([...OWNERS, BANKLESS].map(async (owner) => powensUserIdOf(app, owner)));
    living = liveTokens();
    powensSwitch.target = strangers.sandbox.url;
  });

  afterAll(async () => {
    await app.close();
    await strangers.close();
    powensSwitch.close();
  });

  const kept = async (): Promise<Kept[]> =>
    sql<Kept>(app, 'SELECT owner_id, status, sealed_token FROM powens_user ORDER BY owner_id');

  const liveTokens = (): readonly string[] =>
    strangers.sandbox
      .ledger()
      .tokens.filter(({ revoked }) => !revoked)
      .map(({ token }) => token);

  /** What of the strangers is alive, of what they had when the owners came. */
  const alive = (): unknown => {
    const { users, connections } = strangers.sandbox.ledger();
    const tokens = new Set(liveTokens());
    return [
      users.filter(({ deleted }) => !deleted).map(({ id }) => id),
      connections.filter(({ deleted }) => !deleted).map(({ id }) => id),
      living.filter((token) => tokens.has(token)),
    ];
  };

  it('should have the same numbers, or nothing is proven', () => {
    const theirs = strangers.sandbox.ledger().users.map(({ id }) => String(id));
    expect(theirs).toEqual(expect.arrayContaining([...numbers]));
    expect(new Set(numbers).size).toBe(OWNERS.length + 1);
  });

  it("should show no owner a stranger's accounts, and revoke no token but those just made [N2]", async () => {
    const [before, rows] = [alive(), await kept()];
    for (const owner of OWNERS) {
      const read = await failureOf(app.app.get(PowensService).forOwner(owner).accounts());
      expect(read).toMatchObject({ code: 'provider_mismatch' });
      const started = await app.browser(owner).post('/connections/connect', {});
      expect([started.status, started.json()]).toMatchObject([503, { code: 'provider_mismatch' }]);
      const renewal = await failureOf(app.app.get(ConnectionsService).renewToken(owner));
      expect(renewal).toMatchObject({ code: 'provider_mismatch' });
    }
    expect(alive()).toEqual(before);
    expect(liveTokens()).toEqual(living);
    expect(await kept()).toEqual(rows);
  });

  it('should give no stranger to an owner who has no bank left, and delete none when that owner leaves [N2]', async () => {
    const [before, rows] = [alive(), await kept()];
    const read = await failureOf(app.app.get(PowensService).forOwner(BANKLESS).accounts());
    const renewal = await failureOf(app.app.get(ConnectionsService).renewToken(BANKLESS));
    const started = await app.browser(BANKLESS).post('/connections/connect', {});
    expect([read, renewal, started.json()]).toMatchObject(Array(3).fill({ code: 'provider_mismatch' }));
    expect(await kept()).toEqual(rows);
    const left = await app.browser(BANKLESS).send('DELETE', '/connections/me', {});
    expect(left.json()).toMatchObject({ code: 'provider_mismatch' });
    expect(alive()).toEqual(before);
    expect(liveTokens()).toEqual(living);
  });

  it('should delete no stranger, and none of their banks, when an owner deletes or leaves [N2]', async () => {
    const before = alive();
    for (const owner of OWNERS) {
      const browser = app.browser(owner);
      const [connection] = await connectionsOf(browser);
      const deleted = await browser.send('DELETE', `/connections/${connection?.id ?? ''}`, {});
      const left = await browser.send('DELETE', '/connections/me', {});
      expect([deleted.json(), left.json()]).toMatchObject([
        { code: 'provider_mismatch' },
        { code: 'provider_mismatch' },
      ]);
    }
    expect(alive()).toEqual(before);
    // Once the setting is right again, what was wanted is done where it was meant.
    powensSwitch.target = app.sandbox.url;
    await until(async () => (await kept()).every(({ status }) => status === 'erased'));
    expect(app.sandbox.ledger().users.every(({ deleted }) => deleted)).toBe(true);
    expect(alive()).toEqual(before);
  });

  it('should not start with another address or client application, and send nothing [N2]', async () => {
    const calls = app.sandbox.ledger().calls.length;
    await connected(strangers, 'dora');
    for (const other of [{ apiUrl: powens.apiUrl }, { clientId: '20000002' }]) {
      const options = { powens: { ...CLIENT, apiUrl: `${strangers.sandbox.url}/2.0`, ...other } };
      const refusal = await failureOf(startFlowApp({ like: strangers, options }));
      expect(refusal).toMatchObject({ code: 'provider_mismatch' });
    }
    expect(app.sandbox.ledger().calls).toHaveLength(calls);
    expect(await connectionsOf(strangers.browser('dora'))).toHaveLength(1);
  });

  it('should let two environments share a database under two names [N2]', async () => {
    const second = await startFlowApp({
      like: strangers,
      options: { powens },
      extras: { instance: 'second' },
    });
    expect(await connectionsOf(second.browser('dora'))).toEqual([]);
    await second.stop();
  });
});
