import {
  ConfigurationError,
  ConnectionsService,
  TokenImportService,
  type ImportEntry,
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
} from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { clearFaults, connectedOwner, plant, snapshot, sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';

describe('import of tokens', () => {
  /** What the host had before: tokens of the same client application, in a table of its own. */
  let old: FlowApp;
  let app: FlowApp;
  let database: TestDatabase;
  let entries: ImportEntry[];

  beforeAll(async () => {
    old = await startFlowApp();
    for (const user of ['anna', 'bert', 'cleo']) await connectedOwner(old, user);
    const again = await connect(old, old.browser('dora'), { connections: 3, body: { maxConnections: 3 } });
    expect(again.landed.status).toBe(303);
    entries = await Promise.all(['anna', 'bert', 'cleo', 'dora'].map(async (owner) => entryOf(old, owner)));
  });

  beforeEach(async () => {
    database = await createTestDatabase();
    app = await startFlowApp({ like: { ...old, database } });
  });

  afterEach(async () => {
    await clearFaults(app);
    await app.stop();
    await database.drop();
  });

  afterAll(async () => {
    await old.close();
  });

  async function imported(
    list: Iterable<ImportEntry> | AsyncIterable<ImportEntry>,
    options?: ImportOptions,
  ): Promise<ImportReport> {
    return app.app.get(TokenImportService).import(list, options);
  }

  it('should store each token sealed, with the connections that Powens tells of', async () => {
    expect(await imported(entries)).toEqual({ imported: 4, unchanged: 0, failed: [] });
    const service = app.app.get(ConnectionsService);
    for (const { owner, token } of entries) {
      expect(await service.withToken(owner, (kept) => kept.use((clear) => clear === token))).toBe(true);
    }
    expect((await service.list('dora')).items).toHaveLength(3);
    const rows = await sql(app, `SELECT DISTINCT status, renewable FROM powens_user`);
    expect(rows).toEqual([{ status: 'active', renewable: false }]);
  });

  it('should tell the handlers nothing, unless asked to', async () => {
    await imported(entries.slice(0, 1));
    expect(await sql(app, 'SELECT 1 FROM powens_outbox')).toEqual([]);
    await imported(entries, { emitEvents: true });
    await until(() => app.events.length === 5);
    expect(new Set(app.events.map(({ type, ownerId }) => `${type} ${ownerId}`))).toEqual(
      new Set(['connection.created bert', 'connection.created cleo', 'connection.created dora']),
    );
  });

  it('should change nothing when it is run again', async () => {
    await imported(entries);
    const before = await snapshot(app);
    expect(await imported(entries)).toEqual({ imported: 0, unchanged: 4, failed: [] });
    expect(await snapshot(app)).toEqual(before);
  });

  it('should replace a token by another of the same Powens user', async () => {
    await imported(entries.slice(0, 1));
    const token = await anotherToken(app, entries[0]!.token);
    expect(await imported([{ owner: 'anna', token }])).toMatchObject({ imported: 1, unchanged: 0 });
    const kept = await app.app
      .get(ConnectionsService)
      .withToken('anna', (stored) => stored.use((clear) => clear === token));
    expect(kept).toBe(true);
  });

  it('should add connections that came about since', async () => {
    await imported(entries.slice(0, 1));
    await sql(app, 'DELETE FROM powens_connection');
    expect(await imported(entries.slice(0, 1))).toMatchObject({ imported: 1 });
    expect((await app.app.get(ConnectionsService).list('anna')).items).toHaveLength(1);
  });

  it('should name what is wrong with an entry, and go on with the others', async () => {
    await imported([entries[0]!, entries[1]!]);
    const list: ImportEntry[] = [
      { owner: 'somebody else', token: entries[0]!.token },
      { owner: 'anna', token: entries[1]!.token },
      { owner: 'cleo', token: 'a-token-that-powens-never-gave-out' },
      { owner: '', token: entries[2]!.token },
      { owner: null, token: entries[2]!.token },
      { owner: 'cleo', token: '' },
      { owner: 'cleo', token: 'with\r\nx-injected: header' },
      { owner: 'cleo', token: undefined as unknown as string },
      entries[2]!,
    ];
    expect(await imported(list)).toEqual({
      imported: 1,
      unchanged: 0,
      failed: [
        { index: 0, code: 'owner_conflict' },
        { index: 1, code: 'owner_already_connected' },
        { index: 2, code: 'powens_refused' },
        { index: 3, code: 'unauthenticated' },
        { index: 4, code: 'unauthenticated' },
        { index: 5, code: 'invalid_request' },
        { index: 6, code: 'invalid_request' },
        { index: 7, code: 'invalid_request' },
      ],
    });
  });

  it('should agree with itself when an owner comes twice in one batch', async () => {
    const twice = [entries[0]!, entries[0]!, entries[0]!, entries[0]!];
    const report = await imported(twice, { concurrency: 4 });
    expect(report).toEqual({ imported: 1, unchanged: 3, failed: [] });
  });

  it('should give a Powens user to one of two owners who come at once', async () => {
    const { token } = entries[0]!;
    const report = await imported([
      { owner: 'one', token },
      { owner: 'two', token },
    ]);
    expect(report).toMatchObject({ imported: 1, failed: [{ code: 'owner_conflict' }] });
  });

  it('should read a generator as it goes, and tell how far it is', async () => {
    const told: ImportProgress[] = [];
    await imported(entries, { onProgress: (progress) => told.push(progress), concurrency: 1 });
    expect(told.map(({ done, total }) => [done, total])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
    let read = 0;
    async function* table(): AsyncGenerator<ImportEntry> {
      for (const entry of entries) {
        read += 1;
        yield entry;
      }
    }
    const seen: (number | null)[] = [];
    const stopping = imported(table(), {
      concurrency: 1,
      onProgress: ({ total }) => {
        seen.push(total);
        throw new Error('enough');
      },
    });
    await expect(stopping).rejects.toThrow('enough');
    expect(seen).toEqual([null]);
    expect(read).toBeLessThan(4);
  });

  it('should fail with the table that it reads from, after what is under way', async () => {
    async function* table(): AsyncGenerator<ImportEntry> {
      yield entries[0]!;
      throw new Error('the old table is gone');
    }
    await expect(imported(table())).rejects.toThrow('the old table is gone');
    expect(await sql(app, 'SELECT owner_id FROM powens_user')).toEqual([{ owner_id: 'anna' }]);
  });

  it('should name entries that Powens could not be asked about, for the next run', async () => {
    await plant(app, { kind: 'html503', path: '/users/me', times: 50 });
    const report = await imported(entries.slice(0, 2));
    expect(report.failed.map(({ code }) => code)).toEqual(['powens_failed', 'powens_failed']);
    await clearFaults(app);
    expect(await imported(entries.slice(0, 2))).toMatchObject({ imported: 2 });
  });

  it('should leave a user alone who was not declared renewable, and renew one who was', async () => {
    await imported(entries.slice(0, 1));
    await imported(entries.slice(1, 2), { renewable: true });
    expect(await sql(app, `SELECT owner_id, renewable FROM powens_user ORDER BY owner_id`)).toEqual([
      { owner_id: 'anna', renewable: false },
      { owner_id: 'bert', renewable: true },
    ]);
  });

  it('should log positions and codes, and neither owners nor tokens', async () => {
    await imported([{ owner: 'dead@example.com', token: 'a-token-that-powens-never-gave-out' }]);
    const lines = app.logger.lines.filter((line) => line.includes('Import'));
    expect(lines.join('\n')).toContain('entry 0 failed: powens_refused');
    expect(lines.join('\n')).not.toContain('example.com');
  });

  it.each([0, 51, 1.5])('should refuse to have %s entries under way', async (concurrency) => {
    await expect(imported([], { concurrency })).rejects.toThrow(ConfigurationError);
  });
});

/** A line of the old table. */
async function entryOf(old: FlowApp, owner: string): Promise<ImportEntry> {
  const token = await old.app.get(ConnectionsService).withToken(owner, (kept) => kept.use((clear) => clear));
  registerSecret('access token', token);
  return { owner, token };
}

/** Powens gives a user as many tokens as are asked for. */
async function anotherToken({ sandbox }: FlowApp, token: string): Promise<string> {
  const { idUser } = sandbox.ledger().tokens.find((issued) => issued.token === token)!;
  const { clientId, clientSecret } = sandbox.client;
  const response = await fetch(`${sandbox.url}/2.0/auth/renew`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      id_user: idUser,
      revoke_previous: false,
    }),
  });
  const { access_token: another } = (await response.json()) as { access_token: string };
  registerSecret('access token', another);
  return another;
}
