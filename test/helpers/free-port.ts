import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Above 10080, the last port that `fetch` and browsers refuse to call. @see https://fetch.spec.whatwg.org/#port-blocking */
const LOWEST = 10_081;
const TRIES = 1000;

/** Where the operating system begins to give ports to whoever connects or listens on 0; there is no such line elsewhere. */
function highest(): number {
  try {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    return Math.max(LOWEST + TRIES, Math.min(32_000, Number.parseInt(range, 10) - 1));
  } catch {
    return 32_000;
  }
}

/**
 * A loopback port that stays free until somebody listens on it.
 *
 * The system would give one that it may give to the next outgoing connection as well. This one is outside that range, and
 * no other process of these tests gets it: the file that says whose it is can be created once.
 *
 * @throws Error when a thousand ports are taken
 */
export async function freePort(): Promise<number> {
  const claims = join(tmpdir(), `powens-connections-ports-${userInfo().uid}`);
  mkdirSync(claims, { recursive: true });
  const span = highest() - LOWEST;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = LOWEST + Math.floor(Math.random() * span);
    if (isClaimed(join(claims, String(port))) && (await isFree(port))) return port;
  }
  throw new Error(`no free port among ${TRIES} between ${LOWEST} and ${highest()}`);
}

interface Application {
  listen(port: number, host: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts an application. What has started before a boot is refused would go on, without its database: it is closed. */
export async function listen(app: Application, port: number): Promise<void> {
  try {
    await app.listen(port, 'localhost');
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

/** Takes a port whose holder is this process for the first time, or a process that has ended. */
function isClaimed(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return isLeftOver(file) && replaced(file);
  }
}

function isLeftOver(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Two that find the same left-over at once may both write; the one whose name stands has it. */
function replaced(file: string): boolean {
  writeFileSync(file, String(process.pid));
  return readFileSync(file, 'utf8') === String(process.pid);
}

/** On all addresses, of both families. */
async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port), 'listening');
  } catch {
    return false;
  }
  await new Promise((resolve) => probe.close(resolve));
  return true;
}
