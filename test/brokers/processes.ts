import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../helpers/free-port.js';
import type { BrokerName, Settings } from './settings.js';

const BINARIES: Record<BrokerName, readonly string[]> = {
  rabbitmq: ['/usr/lib/rabbitmq/bin/rabbitmq-server'],
  nats: ['/usr/sbin/nats-server', '/usr/bin/nats-server', '/usr/local/bin/nats-server'],
};

/** A broker of the run's own, with a folder of its own. */
export class Broker {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly name: BrokerName,
    private readonly binary: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** @returns null when the machine does not have it */
  static async start(name: BrokerName, folder: string): Promise<Broker | null> {
    const binary = BINARIES[name].find((path) => existsSync(path));
    if (binary === undefined) return null;
    mkdirSync(folder, { recursive: true });
    const broker = new Broker(name, binary, folder, await freePort());
    await broker.run();
    return broker;
  }

  get url(): string {
    return this.name === 'rabbitmq'
      ? `amqp://guest:guest@127.0.0.1:${this.port}`
      : `nats://127.0.0.1:${this.port}`;
  }

  /** Of the group of its processes. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.stop(signal);
    await this.run();
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#process;
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    // RabbitMQ is a shell that starts a virtual machine: the group has both.
    process.kill(-running.pid, signal);
    await ended;
    while (await answers(this.port)) await sleep(50);
  }

  private async run(): Promise<void> {
    const args =
      this.name === 'nats' ? ['-a', '127.0.0.1', '-p', `${this.port}`, '-js', '-sd', this.folder] : [];
    const env = this.name === 'nats' ? {} : this.rabbitEnvironment(await freePort());
    this.#process = spawn(this.binary, args, {
      detached: true,
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], ...env },
    });
    while (!(await answers(this.port))) {
      if (this.#process.exitCode !== null) throw new Error(`${this.name} does not start, see ${this.folder}`);
      await sleep(100);
    }
  }

  private rabbitEnvironment(distributionPort: number): Record<string, string> {
    writeFileSync(join(this.folder, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${this.port}\n`);
    writeFileSync(join(this.folder, 'plugins'), '[].\n');
    return {
      HOME: this.folder,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: `proof${this.port}@localhost`,
      RABBITMQ_DIST_PORT: `${distributionPort}`,
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_CONFIG_FILE: join(this.folder, 'rabbitmq.conf'),
      RABBITMQ_CONFIG_FILES: join(this.folder, 'none'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.folder, 'plugins'),
      RABBITMQ_MNESIA_BASE: join(this.folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(this.folder, 'log'),
      RABBITMQ_PID_FILE: join(this.folder, 'pid'),
    };
  }
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}

/** A process of the application, started again each time it is killed. */
export class Killable {
  kills = 0;
  #child: ChildProcess | undefined;

  constructor(
    private readonly script: 'relay' | 'consumer',
    private readonly settings: Settings,
    private readonly execArgv: readonly string[] = [],
  ) {}

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const path = fileURLToPath(new URL(`${this.script}.mjs`, import.meta.url));
    const child = fork(path, [], {
      execArgv: [...this.execArgv],
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', BROKERS_SETTINGS: JSON.stringify(this.settings) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the ${this.script} ended with ${String(code)} before it started`);
      }),
    ]);
  }

  async killAndStart(): Promise<void> {
    await this.stop('SIGKILL');
    this.kills += 1;
    await this.start();
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
