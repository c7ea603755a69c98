import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Ledger } from 'powens-sandbox';
import { captureOutput } from '../canary/collector.js';
import { freePort } from '../free-port.js';
import { builtHost } from './build.js';

/** For one that hangs. */
const BOOT_PATIENCE_MS = 300_000;

/** What stays the same when the host is started again. */
export interface HostSettings {
  readonly port: number;
  readonly sandboxPort: number;
  readonly dataDir: string;
  readonly keys: string;
  /** @default 'express' */
  readonly adapter?: 'express' | 'fastify';
}

/** The built host in a process of its own, as `npm start` runs it. */
export class HostProcess {
  readonly url: string;
  readonly sandboxUrl: string;
  /** From the start of the process to the line that says where to go. */
  readonly bootMs: number;

  private constructor(
    private readonly child: ChildProcess,
    private readonly told: { text: string },
    settings: HostSettings,
    startedAt: number,
  ) {
    this.url = `http://localhost:${settings.port}`;
    this.sandboxUrl = `http://127.0.0.1:${settings.sandboxPort}`;
    this.bootMs = Math.round(performance.now() - startedAt);
  }

  /** Starts it and waits until it serves. */
  static async start(settings: HostSettings): Promise<HostProcess> {
    const file = await builtHost('main.js');
    const startedAt = performance.now();
    const child = spawn(process.execPath, [file], {
      env: environmentOf(settings),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told = listenTo(child);
    const end = startedAt + BOOT_PATIENCE_MS;
    while (!told.text.includes('Start at ')) {
      if (child.exitCode !== null || performance.now() > end) {
        child.kill('SIGKILL');
        throw new Error(`the host did not start:\n${told.text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return new HostProcess(child, told, settings, startedAt);
  }

  /** Everything it printed so far. */
  get output(): string {
    return this.told.text;
  }

  /** `kill -9`: nothing is said, nothing is closed. */
  async kill(): Promise<void> {
    this.killNow();
    await this.end();
  }

  /** As {@link kill}, without waiting: for the very moment of an answer. */
  killNow(): void {
    this.child.kill('SIGKILL');
  }

  /** Waits until the process is gone. */
  async end(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  /** Stops it as an operator would. @returns its exit code */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.end();
  }

  async ledger(): Promise<Ledger> {
    return (await (await fetch(`${this.sandboxUrl}/sandbox/ledger`)).json()) as Ledger;
  }

  /** Does in the webview what a person would do. @returns the address that the browser is sent back to */
  async passWebview(url: string): Promise<string> {
    const response = await fetch(`${this.sandboxUrl}/sandbox/webview`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url }),
    });
    const { pathname, search } = new URL(((await response.json()) as { location: string }).location);
    return `${pathname}${search}`;
  }
}

/** They must stay the same over a restart: the redirect URI holds one. */
export async function freePorts(): Promise<{ port: number; sandboxPort: number }> {
  return { port: await freePort(), sandboxPort: await freePort() };
}

/** Of the real environment only what a process needs to run. */
function environmentOf({
  port,
  sandboxPort,
  dataDir,
  keys,
  adapter = 'express',
}: HostSettings): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    NO_COLOR: '1',
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DATA_DIR: dataDir,
    CONNECTIONS_KEYS: keys,
    HTTP_ADAPTER: adapter,
  };
}

/** Keeps what a process prints, also for the scan at the end of the run. */
export function listenTo(child: ChildProcess): { text: string } {
  const told = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      told.text += chunk;
    });
  }
  child.once('close', () => captureOutput('host', told.text));
  return told;
}
