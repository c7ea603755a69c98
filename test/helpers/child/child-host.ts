import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import { captureOutput } from '../canary/collector.js';
import { postgresCapabilities } from '../database.js';
import { Browser } from '../flow/browser.js';
import type { FlowApp } from '../flow/flow-app.js';
import { until } from '../flow/person.js';
import { freePort } from '../free-port.js';
import type { ChildWish, DeathPoint } from './child-wish.js';

/** A host in a process of its own, on the database and the sandbox of an application. */
export interface ChildHost {
  readonly url: string;
  readonly pid: number;
  /** Events its handler was called with. */
  readonly events: ConnectionEvent[];
  readonly output: () => string;
  /** The signal or code it ended with, or null while it runs. */
  readonly ended: () => string | null;
  /** The same browser, at the address of this host. */
  browserOf(browser: Browser): Browser;
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export async function startChildHost(
  app: FlowApp,
  dieAt: DeathPoint | null = null,
  options: ChildWish['options'] = {},
): Promise<ChildHost> {
  const url = `http://localhost:${await freePort()}`;
  const wish = wishOf(app, { url, dieAt, options });
  const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ['--import', script('register.mjs'), script('host.ts')], {
    env: { PATH: process.env['PATH'], CHILD_WISH: JSON.stringify(wish) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const end: { how: string | null } = { how: null };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      captureOutput('child', text);
    });
  }
  // Not `exit`: what it printed last is still on its way then.
  child.on('close', (code, signal) => (end.how = signal ?? String(code)));
  await listening(child, () => output.includes('LISTENING\n') || end.how !== null);
  if (end.how !== null) {
    throw new Error(`the child host ended with ${end.how}: ${output}`);
  }
  return {
    url,
    pid: child.pid ?? 0,
    get events() {
      const lines = output.split('\n').filter((line) => line.startsWith('EVENT ') && line.endsWith('}'));
      return lines.map((line) => JSON.parse(line.slice(6)) as ConnectionEvent);
    },
    output: () => output,
    ended: () => end.how,
    browserOf: (browser) => {
      const same = new Browser(url, browser.user);
      for (const [name, value] of browser.cookies) same.cookies.set(name, value);
      return same;
    },
    stop: async (signal) => {
      child.kill(signal);
      await until(() => end.how !== null);
    },
  };
}

/** One that is late would work on what the next test looks at. */
async function listening(child: ChildProcess, isThere: () => boolean): Promise<void> {
  try {
    await until(isThere);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function wishOf(
  { sandbox, database, keys }: FlowApp,
  own: Pick<ChildWish, 'url' | 'dieAt' | 'options'>,
): ChildWish {
  return {
    ...own,
    databaseUrl: database.url,
    poolSize: database.poolSize,
    sandboxUrl: sandbox.url,
    client: sandbox.client,
    keys,
    preparedStatements: postgresCapabilities().concurrent,
  };
}
