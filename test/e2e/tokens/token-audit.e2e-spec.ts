import { randomUUID } from 'node:crypto';
import {
  ConnectionsService,
  PowensService,
  ShareLinksService,
  TokenImportService,
  type AuditEntry,
} from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { advance, connected, endLeases } from '../../helpers/flow/lifecycle.js';
import { clearFaults, connectedOwner, plant } from '../../helpers/flow/observe.js';
import { stateOf, until } from '../../helpers/flow/person.js';
import { failureOf, revokeAtPowens } from '../../helpers/upstream/upstream.js';

const uses: AuditEntry[] = [];
const audit = (use: AuditEntry): void => {
  uses.push(use);
};

let app: FlowApp;

beforeAll(async () => {
  app = await startFlowApp({ options: { audit } });
  await connectedOwner(app, 'alice');
});

afterAll(async () => {
  await app.close();
});

describe('the audit hook', () => {
  it('should be notified of every use of a token, and never of the token [L5]', async () => {
    const alice = app.app.get(PowensService).forOwner('alice');
    uses.length = 0;
    const [account] = await alice.accounts();
    await alice.transactions({ accountId: account?.id ?? '', limit: 100 }).all();
    await alice.get('/users/me');
    const connections = app.app.get(ConnectionsService);
    const token = await connections.withToken(
      'alice',
      (lent) => lent.use((clear) => clear),
      'monthly report',
    );
    await connections.withToken('alice', () => undefined);
    await failureOf(connections.withToken('nobody', () => undefined, 'curiosity'));
    const told = uses.map(({ ownerId, operation, outcome }) => [ownerId, operation, outcome].join(' '));
    expect(told).toEqual([
      'alice GET /users/me/accounts ok',
      // Once more for the transactions: which of them are of a connection in use (OA-31).
      'alice GET /users/me/accounts ok',
      'alice GET /users/me/accounts/{id}/transactions ok',
      'alice GET /users/me/accounts/{id}/transactions ok',
      'alice GET /users/me ok',
      'alice monthly report ok',
      'alice withToken ok',
      'nobody curiosity not_connected',
    ]);
    expect(uses.every(({ at, tenant }) => tenant === '' && !Number.isNaN(Date.parse(at)))).toBe(true);
    expect(JSON.stringify(uses)).not.toContain(token);
  });

  it('should break nothing when it throws', async () => {
    const hook = (): never => {
      throw new Error('the audit database is away');
    };
    const other = await startFlowApp({ like: app, options: { audit: hook } });
    try {
      const client = other.app.get(PowensService).forOwner('alice');
      expect((await client.accounts()).length).toBeGreaterThan(0);
      await until(() => other.logger.lines.some((line) => line.includes('The audit hook failed')));
    } finally {
      await other.close();
    }
  });
});

describe('the audit of changes', () => {
  const OWNER = { id: 'acme', actor: 'ann of the accounts' };
  let audited: FlowApp;

  /**
   * Runs something and answers what was recorded of it, without times. On a slow machine the sweeper may end it, too: what
   * the background does counts only where it is asked for.
   */
  async function recordedOf(act: () => Promise<unknown>, withBackground = false): Promise<string[]> {
    uses.length = 0;
    await act().catch(() => undefined);
    const counted = uses.filter(({ initiator }) => withBackground || initiator === 'application');
    return counted.map(({ initiator, actor, operation, connectionId, outcome }) =>
      [initiator, actor ?? '-', operation, connectionId === null ? '-' : 'its id', outcome].join(' | '),
    );
  }

  const service = (): ConnectionsService => audited.app.get(ConnectionsService);

  beforeAll(async () => {
    audited = await startFlowApp({
      options: { audit, lifecycle: { sweepIntervalMs: 100 } },
    });
  });

  afterEach(() => clearFaults(audited));

  afterAll(() => audited.close());

  it('should name who did what to which connection, and how it ended [N33]', async () => {
    const { connection } = await connected(audited, OWNER.id);
    const { id } = connection;
    const missing = randomUUID();
    await advance(audited, 3600);

    expect(await recordedOf(async () => service().sync(OWNER, id))).toEqual([
      'application | ann of the accounts | connection.sync | its id | ok',
    ]);
    expect(await recordedOf(async () => service().setMetadata(OWNER, id, { a: 'b' }))).toEqual([
      'application | ann of the accounts | connection.set_metadata | its id | ok',
    ]);
    expect(await recordedOf(async () => service().confirm(OWNER, id))).toEqual([
      'application | ann of the accounts | connection.confirm | its id | ok',
    ]);
    expect(await recordedOf(async () => service().renewToken(OWNER))).toEqual([
      'application | ann of the accounts | token.renew | - | ok',
    ]);
    expect(await recordedOf(async () => service().delete(OWNER, missing))).toEqual([
      'application | ann of the accounts | connection.delete | its id | not_found',
    ]);
    expect(await recordedOf(async () => service().delete(OWNER, 'sent by mistake'))).toEqual([
      'application | ann of the accounts | connection.delete | - | not_found',
    ]);
    expect(await recordedOf(async () => service().delete(OWNER, id))).toEqual([
      'application | ann of the accounts | connection.delete | its id | ok',
    ]);
    expect(await recordedOf(async () => service().revokeToken(OWNER))).toEqual([
      'application | ann of the accounts | token.revoke | - | ok',
    ]);
    expect(await recordedOf(async () => service().erase(OWNER))).toEqual([
      'application | ann of the accounts | owner.erase | - | ok',
    ]);
    expect(await recordedOf(async () => service().erase(null))).toEqual([]);
  });

  it('should record the share links that are made, opened and revoked for an owner', async () => {
    const links = audited.app.get(ShareLinksService);
    const made = await recordedOf(async () => links.create(OWNER));
    expect(made).toEqual(['application | ann of the accounts | link.create | - | ok']);
    const { id, token } = await links.create(OWNER);
    expect(await recordedOf(async () => links.open({ id: 'mallory', actor: 'a thief' }, token))).toEqual([
      'application | a thief | link.open | - | not_found',
    ]);
    const open = async (): Promise<unknown> => {
      const started = await links.open(OWNER, token);
      registerSecret('state', stateOf(started.url));
      return started;
    };
    expect(await recordedOf(open)).toEqual(['application | ann of the accounts | link.open | - | ok']);
    expect(await recordedOf(async () => links.revoke(OWNER, id))).toEqual([
      'application | ann of the accounts | link.revoke | - | ok',
    ]);
    expect(await recordedOf(async () => links.revoke(OWNER, id))).toEqual([
      'application | ann of the accounts | link.revoke | - | not_found',
    ]);
    expect(JSON.stringify(uses)).not.toContain(token);
  });

  it('should record what comes by the routes, and what the sweeper ends in the background [N33]', async () => {
    const { browser, connection } = await connected(audited, 'bob');
    await plant(audited, { method: 'DELETE', kind: 'status', status: 503, times: 99 });
    uses.length = 0;
    const answer = await browser.send('DELETE', `/connections/${connection.id}`, {});
    expect(answer.status).toBeGreaterThanOrEqual(502);
    await clearFaults(audited);
    await endLeases(audited);
    await until(() => uses.some(({ outcome }) => outcome === 'ok'));

    const entries = uses.map(({ initiator, operation, outcome }) => `${initiator} ${operation} ${outcome}`);
    expect(entries[0]).toBe(`application connection.delete ${answer.json<{ code: string }>().code}`);
    expect(entries.at(-1)).toBe('background connection.delete ok');
    expect(
      uses.every(({ ownerId, connectionId }) => ownerId === 'bob' && connectionId === connection.id),
    ).toBe(true);
  });

  it('should record each renewal once, however many wait for it [N33]', async () => {
    await connected(audited, 'emil');
    const client = audited.app.get(PowensService).forOwner('emil');
    await revokeAtPowens(audited, 'emil');
    const read = async (): Promise<unknown> =>
      Promise.all(Array.from({ length: 8 }, async () => client.accounts()));
    expect(renewalsOf(await recordedOf(read, true))).toEqual(['background | - | token.renew | - | ok']);
    const renew = async (): Promise<unknown> =>
      Promise.all(['ann', 'ben', 'cleo'].map(async (actor) => service().renewToken({ id: 'emil', actor })));
    // Each renewal asks twice: the first token looks, the second one stays.
    const sent = (): number =>
      audited.sandbox.ledger().calls.filter(({ path }) => path.endsWith('/auth/renew')).length / 2;
    const before = sent();
    const asked = renewalsOf(await recordedOf(renew, true));
    expect(asked).toHaveLength(sent() - before);
    expect(asked[0]).toMatch(/^application \| (ann|ben|cleo) \| token.renew \| - \| ok$/);
    expect(renewalsOf(await recordedOf(async () => service().renewToken('nobody')))).toEqual([
      'application | - | token.renew | - | not_connected',
    ]);
  });

  it('should record a renewal that the start of an owner makes [N33]', async () => {
    const { browser } = await connected(audited, 'fritz');
    await service().revokeToken('fritz');
    const start = async (): Promise<unknown> => browser.post('/connections/connect');
    // The sweeper may look at the revocation once more meanwhile, and record that.
    const renewals = renewalsOf(await recordedOf(start, true));
    expect(renewals).toEqual(['application | - | token.renew | - | ok']);
  });

  it('should record a renewal that nobody asked for, and an import [N33]', async () => {
    await connected(audited, 'cleo');
    await revokeAtPowens(audited, 'cleo');
    const read = async (): Promise<unknown> => audited.app.get(PowensService).forOwner('cleo').accounts();
    expect(await recordedOf(read, true)).toEqual([
      'background | - | token.renew | - | ok',
      'application | - | GET /users/me/accounts | - | ok',
    ]);
    const imports = audited.app.get(TokenImportService);
    const entries = [{ owner: { id: 'dora', actor: 'the old table' }, token: 'made-up' }];
    expect(await recordedOf(async () => imports.import(entries))).toEqual([
      'application | the old table | token.import | - | powens_refused',
    ]);
  });
});

function renewalsOf(entries: readonly string[]): readonly string[] {
  return entries.filter((entry) => entry.includes('token.renew'));
}
