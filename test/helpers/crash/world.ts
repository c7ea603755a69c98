import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionEvent, Provisioning } from 'nestjs-powens-connections';
import pg from 'pg';
import { startPowensSandbox, type PowensSandbox } from 'powens-sandbox';
import { inject } from 'vitest';
import { registerSecret } from '../canary/collector.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { Browser } from '../flow/browser.js';
import { until } from '../flow/person.js';
import { freePort } from '../free-port.js';
import { bundleChild, type ChildBundle } from './bundle.js';
import { Child, ChildDied } from './child-process.js';
import { DISTURBED, type CallName, type ChildSettings } from './protocol.js';

/** What is still to be done by the sweeper or the relay. A reservation is the next starter's business. */
const UNSETTLED = `
  SELECT 'account ' || status AS what FROM powens_user
    WHERE status IN ('erasing', 'revoking') OR (status <> 'provisioning' AND leased_until IS NOT NULL)
  UNION ALL SELECT 'attempt ' || status FROM powens_attempt WHERE status = 'claimed'
  UNION ALL SELECT 'connection ' || status FROM powens_connection WHERE status <> 'active'
  UNION ALL SELECT 'event ' || type || ' ' || status FROM powens_outbox
    WHERE status <> 'delivered' OR type = 'user.deleted'`;

/** What became of an operation in a child that was to die. */
export interface Run {
  /** The points it passed, the one where it died last. */
  readonly trail: readonly string[];
  readonly died: boolean;
  /** Whether the sweeper did some of its work. */
  readonly disturbed: boolean;
}

/** What outlives every child. */
interface Parts {
  readonly sandbox: PowensSandbox;
  readonly database: TestDatabase;
  /** The test's own session of the database. */
  readonly client: pg.Client;
  readonly bundle: ChildBundle;
  readonly port: number;
  readonly provisioning: Provisioning;
  readonly files: Pick<ChildSettings, 'eventsFile' | 'trailFile'>;
}

/** Database and provider live here, in the test's process; the application lives in a child, which may be killed. */
export class CrashWorld {
  readonly sandbox: PowensSandbox;
  readonly origin: string;
  /** Digests of tokens that were lost with a process, where that cannot be helped. */
  readonly lost = new Set<string>();
  /** What was found wrong already: it is told at the point that made it so, not at all later ones too. */
  readonly seen = new Set<string>();
  #spare: Child;
  #child: Child | null = null;
  #keys: string;

  private constructor(private readonly parts: Parts) {
    this.sandbox = parts.sandbox;
    this.origin = `http://localhost:${parts.port}`;
    this.#spare = new Child(parts.bundle.entry);
    this.#keys = newKey('k1');
  }

  static async create(provisioning: Provisioning = 'webview-first'): Promise<CrashWorld> {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    // Events are output, so they are scanned for secrets like all other output.
    const file = (name: string): string =>
      join(inject('runFolder'), 'captured', `${name}.${randomUUID()}.log`);
    const world = new CrashWorld({
      sandbox: await startPowensSandbox(),
      database,
      client,
      bundle: await bundleChild(),
      port: await freePort(),
      provisioning,
      files: { eventsFile: file('crash-events'), trailFile: file('crash-trail') },
    });
    await world.restart(true);
    return world;
  }

  /** Boots a child in place of the one before; the next one loads its code meanwhile. */
  async restart(migrate = false): Promise<void> {
    await this.#child?.kill();
    this.#child = this.#spare;
    this.#spare = new Child(this.parts.bundle.entry);
    const { sandbox, database, port, provisioning, files } = this.parts;
    const { url: sandboxUrl, client } = sandbox;
    for (const key of this.#keys.split(',')) registerSecret('key', key.slice(3));
    registerSecret('client secret', client.clientSecret);
    const settings = {
      port,
      databaseUrl: database.url,
      sandboxUrl,
      client,
      keys: this.#keys,
      provisioning,
      migrate,
    };
    await this.#child.boot({ ...settings, ...files });
  }

  /** Adds a key, and makes it the first. The child has it after a restart. */
  addKey(id: string): void {
    this.#keys = `${newKey(id)},${this.#keys}`;
  }

  browser(user: string): Browser {
    return new Browser(this.origin, user);
  }

  async call(name: CallName, ...owners: readonly string[]): Promise<unknown> {
    return this.#running().ask({ name, owners });
  }

  async sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.parts.client.query<Row>(text, [...values])).rows;
  }

  /**
   * Runs an operation in a child that kills itself at the `at`-th point.
   *
   * @throws what the operation throws when nobody was killed
   */
  async crashAt(at: number, operation: () => Promise<unknown>): Promise<Run> {
    const child = this.#running();
    writeFileSync(this.parts.files.trailFile, '');
    await child.ask({ name: 'arm', at });
    try {
      await operation();
      await this.settle(() => child.ending !== null);
      await child.ask({ name: 'disarm' });
    } catch (error) {
      // A browser whose server dies has no answer; the child that refuses something has not died.
      await until(() => child.ending !== null).catch(() => undefined);
      if (child.ending === null && !(error instanceof ChildDied)) throw error;
    }
    const lines = linesOf(this.parts.files.trailFile);
    const trail = lines.filter((line) => line !== DISTURBED);
    return { trail, died: child.ending !== null, disturbed: trail.length < lines.length };
  }

  /** Lets time pass for those who look at leases: a minute, and a half more for attempts. */
  async endLeases(): Promise<void> {
    await this.sql(`UPDATE powens_attempt SET lease_expires_at = now() WHERE status = 'claimed'`);
    for (const table of ['powens_user', 'powens_connection', 'powens_outbox']) {
      await this.sql(`UPDATE ${table} SET leased_until = now() WHERE leased_until > now()`);
    }
  }

  /** Waits until sweeper and relay have nothing left to do. Whoever asks afterwards finds what they did not manage. */
  async settle(isOver: () => boolean = () => false): Promise<void> {
    await until(async () => isOver() || (await this.unsettled()).length === 0).catch(() => undefined);
  }

  async unsettled(): Promise<string[]> {
    return (await this.sql<{ what: string }>(UNSETTLED)).map(({ what }) => what);
  }

  /** Every delivery to a handler, in any child. */
  deliveries(): ConnectionEvent[] {
    return linesOf(this.parts.files.eventsFile).map((line) => JSON.parse(line) as ConnectionEvent);
  }

  /** Tokens that live at the provider for good, by digest; temporary users die by themselves. */
  liveTokens(): Map<string, string> {
    const { users, tokens } = this.sandbox.ledger();
    const permanent = new Set(users.filter(({ temporary }) => !temporary).map(({ id }) => id));
    const live = tokens.filter(({ idUser, revoked }) => !revoked && idUser !== null && permanent.has(idUser));
    return new Map(live.map(({ token, idUser }) => [digestOf(token), String(idUser)]));
  }

  async close(): Promise<void> {
    await this.#child?.kill();
    await this.#spare.kill();
    const { codes, tokens } = this.sandbox.ledger();
    for (const { code } of codes) registerSecret('code', code);
    for (const { token } of tokens) registerSecret('access token', token);
    await this.sandbox.close();
    await this.parts.client.end();
    await this.parts.database.drop();
    this.parts.bundle.remove();
  }

  #running(): Child {
    if (this.#child === null) throw new Error('no child was booted yet');
    return this.#child;
  }
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function newKey(id: string): string {
  return `${id}:${randomBytes(32).toString('base64')}`;
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}
