import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect as openSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionsReadiness, enableGracefulShutdown } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { until } from '../../helpers/flow/person.js';
import { builtHost } from '../../helpers/host/build.js';
import { listenTo } from '../../helpers/host/host-process.js';
import { sample } from '../../helpers/sweeps.js';

/** For hangs only. */
const LIMIT_MS = 600_000;

interface Asked {
  readonly status: number;
  readonly connection: string | undefined;
}

/** Asks on a kept connection, where there is one. */
async function ask(url: string, agent: Agent): Promise<Asked> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response: IncomingMessage) => {
      response.resume().once('end', () => {
        resolve({ status: response.statusCode ?? 0, connection: response.headers.connection });
      });
    }).once('error', reject);
  });
}

/** A request that never ends: its body is announced and not sent. */
async function hang(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = openSocket(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(
    'POST /connections/connect HTTP/1.1\r\nHost: x\r\nx-user: ann\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
  );
  return socket;
}

describe.each(ADAPTERS)('enableGracefulShutdown on %s', (adapter) => {
  it('should be unready and end kept connections at once, and close when what is under way takes too long [N14]', async () => {
    const app = await startFlowApp({ adapter });
    const readiness = app.app.get(ConnectionsReadiness);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const url = `${app.url}/connections`;
    const shutdown = enableGracefulShutdown(app.app, {
      unreadyForMs: 200,
      drainMs: 100,
      signals: [],
      close: async () => app.stop(),
    });
    expect((await ask(url, agent)).connection).toBe('keep-alive');
    expect((await readiness.check()).ready).toBe(true);
    const stuck = await hang(app.url);
    const cut = once(stuck, 'close');

    const stopped = shutdown.stop();
    const [asked, report] = [await ask(url, agent), await readiness.check()];
    await stopped;

    // Unready, and it answers what still arrives.
    expect(asked).toEqual({ status: 401, connection: 'close' });
    expect(report).toMatchObject({ ready: false, checks: { running: false } });
    await cut;
    expect(app.logger.lines.join('\n')).not.toContain('The shutdown failed');
    await app.close();
  });
});

describe('enableGracefulShutdown', () => {
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp();
  });

  it.each([{ drainMs: -1 }, { unreadyForMs: 0.5 }, { drainMs: Number.NaN }])(
    'should refuse %j',
    (options) => {
      expect(() => enableGracefulShutdown(app.app, { ...options, signals: [] })).toThrow(/milliseconds/);
    },
  );

  it('should make a host unready that is closed without it, too [N14]', async () => {
    const readiness = app.app.get(ConnectionsReadiness);
    await app.stop();
    expect((await readiness.check()).checks.running).toBe(false);
    await app.close();
  });
});

/** One for both adapters: making a database is what takes longest. */
const dataDir = mkdtempSync(join(tmpdir(), 'shutdown-'));

afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

describe.each(sample(ADAPTERS))('the demo host on %s', (adapter) => {
  let child: ChildProcess;
  let url: string;

  /** Started anew for each test: both end it. */
  async function start(): Promise<void> {
    child = spawn(process.execPath, [await builtHost('main.js')], {
      env: {
        PATH: process.env['PATH'],
        ...{ NO_COLOR: '1', PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, HTTP_ADAPTER: adapter },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told = listenTo(child);
    const address = (): string | undefined => /Start at {2}(\S+)\/\n/.exec(told.text)?.[1];
    await until(() => address() !== undefined || child.exitCode !== null);
    url = address() ?? told.text;
  }

  beforeAll(async () => {
    await builtHost('main.js');
  }, LIMIT_MS);

  afterAll(() => {
    child.kill('SIGKILL');
  });

  it(
    'should exit after one SIGTERM though a client keeps sending requests on its connection [N14]',
    async () => {
      await start();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const answers = [await ask(`${url}/health/ready`, agent)];
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      while (child.exitCode === null && child.signalCode === null) {
        const answer = await ask(`${url}/health/ready`, agent).catch(() => null);
        if (answer !== null) answers.push(answer);
        else await new Promise((resolve) => setTimeout(resolve, 10));
      }

      expect(await exit).toEqual([0, null]);
      expect(answers[0]).toEqual({ status: 200, connection: 'keep-alive' });
      // Once unready, always unready, and no connection is kept.
      const unready = answers.findIndex(({ status }) => status !== 200);
      const after = unready === -1 ? [] : answers.slice(unready);
      expect(after.filter(({ status, connection }) => status !== 503 || connection !== 'close')).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'should end at a second SIGTERM though a request never ends [N14]',
    async () => {
      await start();
      await hang(url);
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      child.kill('SIGINT');

      // 0 would be the end of a drain.
      expect(await exit).toEqual([1, null]);
    },
    LIMIT_MS,
  );
});
