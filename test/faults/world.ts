import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CONNECTIONS_ENTITIES,
  CONNECTIONS_MIGRATIONS,
  type ConnectionEvent,
  type ConnectionsModuleOptions,
  type Provisioning,
} from 'nestjs-powens-connections';
import pg from 'pg';
import { startPowensSandbox, USERS_TOKEN, type PowensSandbox } from 'powens-sandbox';
import { DataSource } from 'typeorm';
import { Crowd } from './people/crowd.js';
import type { DatabaseServer } from './processes/database-server.js';
import { Fleet } from './processes/fleet.js';
import { FaultProxy } from './proxies/fault-proxy.js';
import { ProviderGate } from './proxies/provider-gate.js';

/** What a scenario plays in. */
export interface WorldSettings {
  readonly server: DatabaseServer;
  readonly replicas: number;
  readonly provisioning?: Provisioning;
  readonly poolSize?: number;
  readonly options?: Partial<ConnectionsModuleOptions>;
  /** For what its links leave to chance. */
  readonly random?: () => number;
}

let worlds = 0;

/** Replicas behind a balancer, a database and a provider behind proxies that play faults, and people. */
export class World {
  private constructor(
    private readonly parts: {
      readonly folder: string;
      readonly databaseUrl: string;
      readonly eventsFile: string;
    },
    readonly server: DatabaseServer,
    readonly sandbox: PowensSandbox,
    readonly gate: ProviderGate,
    /** The ways to the provider and to the database. */
    readonly links: { readonly provider: FaultProxy; readonly database: FaultProxy },
    readonly fleet: Fleet,
    readonly crowd: Crowd,
  ) {}

  static async create(settings: WorldSettings): Promise<World> {
    const { server, replicas, provisioning = 'webview-first', poolSize = 8, options = {} } = settings;
    const { random = Math.random } = settings;
    worlds += 1;
    const folder = mkdtempSync(join(tmpdir(), 'faults-world-'));
    const databaseUrl = await server.createDatabase(`world_${process.pid}_${worlds}`);
    await migrate(databaseUrl);
    const sandbox = await startPowensSandbox();
    const gate = await ProviderGate.before(sandbox.url);
    const links = {
      provider: await FaultProxy.before('127.0.0.1', gate.port, random),
      database: await FaultProxy.before('127.0.0.1', server.port, random),
    };
    const throughProxy = new URL(databaseUrl);
    throughProxy.port = String(links.database.port);
    const eventsFile = join(folder, 'events.log');
    const fleet = await Fleet.start(replicas, {
      databaseUrl: throughProxy.href,
      poolSize,
      apiUrl: apiUrlOf(links.provider),
      webviewUrl: sandbox.url,
      client: sandbox.client,
      usersToken: USERS_TOKEN,
      keys: `k1:${randomBytes(32).toString('base64')}`,
      provisioning,
      eventsFile,
      options,
    });
    const crowd = new Crowd('person', fleet.url, sandbox.url);
    return new World({ folder, databaseUrl, eventsFile }, server, sandbox, gate, links, fleet, crowd);
  }

  /** Where the replicas find the provider. */
  get apiUrl(): string {
    return apiUrlOf(this.links.provider);
  }

  /** The rig's own way to the database: past the proxy, on a session of its own, since the server may be killed. */
  async sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.parts.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Everything handed to a handler, in any replica. */
  events(): ConnectionEvent[] {
    const { eventsFile } = this.parts;
    return existsSync(eventsFile)
      ? readFileSync(eventsFile, 'utf8')
          .split('\n')
          // A replica that was killed while it wrote leaves half a line; the event is delivered again.
          .filter((line) => line.startsWith('{') && line.endsWith('}'))
          .map((line) => JSON.parse(line) as ConnectionEvent)
      : [];
  }

  /** Ends every fault, and brings every replica back. */
  async heal(): Promise<void> {
    if (!this.server.isRunning) await this.server.startAgain();
    this.gate.rule = {};
    await this.links.database.end();
    await this.links.provider.end();
    await this.fleet.heal();
  }

  async close(): Promise<void> {
    await this.fleet.close();
    await this.links.provider.close();
    await this.links.database.close();
    await this.gate.close();
    await this.sandbox.close();
    rmSync(this.parts.folder, { recursive: true, force: true });
  }
}

function apiUrlOf({ port }: FaultProxy): string {
  return `http://127.0.0.1:${port}/2.0`;
}

async function migrate(url: string): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: [...CONNECTIONS_ENTITIES],
    migrations: [...CONNECTIONS_MIGRATIONS],
    installExtensions: false,
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}
