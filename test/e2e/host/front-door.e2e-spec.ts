import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../helpers/flow/person.js';
import { builtHost } from '../../helpers/host/build.js';
import { freePorts, HostProcess, listenTo } from '../../helpers/host/host-process.js';

/** For hangs only. */
const LIMIT_MS = 600_000;
const WITHOUT_NEST = fileURLToPath(new URL('../../helpers/host/without-nest.mjs', import.meta.url));
const FIRST_LINE = 'Starting the demo of nestjs-powens-connections …';

interface Ended {
  readonly code: number | null;
  /** What it printed after its first line. */
  readonly text: string;
}

const root = mkdtempSync(join(tmpdir(), 'front-door-'));
const listening: Server[] = [];

afterAll(() => {
  listening.forEach((server) => server.close());
  rmSync(root, { recursive: true, force: true });
});

async function launch(env: NodeJS.ProcessEnv, ...flags: string[]) {
  const child = spawn(process.execPath, [...flags, await builtHost('main.js')], {
    env: { PATH: process.env['PATH'], NO_COLOR: '1', PORT: '0', SANDBOX_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, told: listenTo(child) };
}

async function endOf({ child, told }: Awaited<ReturnType<typeof launch>>): Promise<Ended> {
  const [code] = (await once(child, 'close')) as [number | null];
  const [first = '', ...rest] = told.text.split('\n');
  expect(first).toBe(FIRST_LINE);
  return { code, text: rest.join('\n').trim() };
}

/** Starts a host that cannot load Nest: a refusal that comes nevertheless comes at once. */
async function refusedAtOnce(env: NodeJS.ProcessEnv): Promise<string> {
  const { code, text } = await endOf(await launch(env, '--import', WITHOUT_NEST));
  expect(code).toBe(1);
  expect(text).not.toMatch(/^\s+at /m);
  return text;
}

async function takenPort(host: string): Promise<string> {
  const server = createServer();
  listening.push(server);
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, host, done));
  return String((server.address() as AddressInfo).port);
}

describe('the front door', () => {
  beforeAll(async () => {
    await builtHost('main.js');
  }, LIMIT_MS);

  it('should say what it does before Nest is loaded, and what to do where Nest cannot be loaded [issue 8]', async () => {
    const dataDir = join(root, 'no-nest');

    const text = await refusedAtOnce({ DATA_DIR: dataDir });

    expect(text).toContain(`Making the embedded database in ${dataDir}`);
    expect(text).toContain('npm ci');
    // Given back: the next start is not told of a second process.
    expect(existsSync(join(dataDir, 'lock'))).toBe(false);
  });

  it('should name both ports where both are taken, by whatever address of this machine', async () => {
    const [port, sandboxPort] = [await takenPort('127.0.0.1'), await takenPort('0.0.0.0')];

    const text = await refusedAtOnce({ PORT: port, SANDBOX_PORT: sandboxPort, DATA_DIR: join(root, 'x') });

    expect(text).toMatch(new RegExp(`^Port ${port} is in use\\. .* PORT=\\d+$`, 'm'));
    expect(text).toMatch(new RegExp(`^Port ${sandboxPort} is in use\\. .* SANDBOX_PORT=\\d+$`, 'm'));
    expect(existsSync(join(root, 'x'))).toBe(false);
  });

  it('should refuse a port whose other localhost is taken', async ({ skip }) => {
    const port = await takenPort('::1').catch(() => null);
    if (port === null) skip('this machine has no IPv6');

    expect(await refusedAtOnce({ PORT: port ?? '', DATA_DIR: join(root, 'x') })).toContain('is in use');
  });

  it.each([
    ['a file', () => join(root, 'file')],
    ['a folder below a file', () => join(root, 'file', 'below')],
    ['a folder that cannot be made', () => '/sys/powens-demo'],
    ['a folder that cannot be written', () => '/sys'],
    ['a path that is too long', () => join(root, 'x'.repeat(300))],
  ])('should refuse %s as DATA_DIR', async (_what, path) => {
    writeFileSync(join(root, 'file'), '');

    const text = await refusedAtOnce({ DATA_DIR: path() });

    expect(text).toMatch(
      /^DATA_DIR .* cannot be used: .*\. Set DATA_DIR to a directory that this user can write\.$/,
    );
  });

  it('should name every variable that cannot be used', async () => {
    const text = await refusedAtOnce({ PORT: 'x', HTTP_ADAPTER: 'koa' });

    expect(text).toContain('PORT must be');
    expect(text).toContain('HTTP_ADAPTER must be');
  });
});

describe('the front door, on a data directory that was used before', () => {
  const dataDir = join(root, 'used');
  const keys = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
  let host: HostProcess;

  afterAll(() => {
    (host as HostProcess | undefined)?.killNow();
  });

  async function refusal(): Promise<string> {
    const { code, text } = await endOf(await launch({ DATA_DIR: dataDir }));
    expect(code).toBe(1);
    expect(text).not.toMatch(/^\s+at /m);
    expect(text).toContain(`Opening the embedded database in ${dataDir}`);
    return text.split('\n').at(-1) ?? '';
  }

  it(
    'should begin again where a process was killed while it made the database',
    async () => {
      const { child } = await launch({ DATA_DIR: dataDir });
      await until(() => existsSync(join(dataDir, 'postgres.unfinished')));
      await until(() => existsSync(join(dataDir, 'postgres')));
      child.kill('SIGKILL');
      await once(child, 'close');
      // As far as it got, or further: a cluster that looks whole and is not.
      mkdirSync(join(dataDir, 'postgres'), { recursive: true });
      writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');

      host = await HostProcess.start({ ...(await freePorts()), dataDir, keys });

      expect(host.output).toContain('Making the embedded database');
      expect(readdirSync(dataDir)).not.toContain('postgres.unfinished');
      expect((await fetch(`${host.url}/health/ready`)).status).toBe(200);
    },
    LIMIT_MS,
  );

  it(
    'should end with the address to open first, and refuse a second process on the directory meanwhile',
    async () => {
      expect(host.output.trim().split('\n').at(-1)).toMatch(/Start at {2}http:\/\/localhost:\d+\/$/);
      const { pid } = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as { pid: number };
      expect(await refusedAtOnce({ DATA_DIR: dataDir })).toMatch(
        new RegExp(`^DATA_DIR ${dataDir} is in use by process ${pid}\\. Stop that process`),
      );
      expect(await host.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'should refuse the tables of another version, and say how to go on',
    async () => {
      const database = await PGlite.create(join(dataDir, 'postgres'));
      await database.exec('ALTER TABLE powens_connection RENAME COLUMN revision TO older');
      await database.close();

      expect(await refusal()).toBe(
        `DATA_DIR ${dataDir} was made by another version of this demo (powens_connection.revision is missing, ` +
          `and 1 more). Remove it (rm -r ${dataDir}), or set DATA_DIR to another directory.`,
      );
    },
    LIMIT_MS,
  );

  it(
    'should refuse the sandbox state and the database that it cannot read',
    async () => {
      const journal = join(dataDir, 'sandbox', 'powens-sandbox', 'journal.log');
      writeFileSync(journal, 'rubbish\n');
      expect(await refusal()).toMatch(/sandbox cannot be read \(.*\)\. Move it away, or set DATA_DIR/);
      rmSync(journal);
      rmSync(join(dataDir, 'postgres', 'global'), { recursive: true });
      expect(await refusal()).toMatch(/postgres cannot be read \(.*\)\. Move it away, or set DATA_DIR/);
    },
    LIMIT_MS,
  );
});
