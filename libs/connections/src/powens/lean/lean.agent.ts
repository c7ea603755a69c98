import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/**
 * What the agent of the lean adapter is made of.
 *
 * @internal
 */
export interface LeanAgentConfig {
  /** Origin of every request, as `https://acme.biapi.pro`. */
  readonly origin: string;
  /** Milliseconds for DNS, TCP and TLS together. */
  readonly connectTimeoutMs: number;
  readonly maxSockets: number;
  /** Certificate authorities instead of those of the system, for tests. Verification cannot be switched off. */
  readonly ca?: string;
}

// Idle sockets are dropped before a usual server drops them (5 s and up): a request written on a socket that the peer
// is closing is lost in a way that nobody can tell from a processed one, and a code exchange cannot be repeated.
const IDLE_SOCKET_MS = 4_000;

const usable = new WeakSet<object>();

/**
 * Makes an agent of one origin.
 *
 * @param keepAlive - whether its sockets serve several requests
 * @see RL-14
 * @internal
 */
export function createLeanAgent(config: LeanAgentConfig, keepAlive = true): http.Agent {
  const secure = config.origin.startsWith('https:');
  const shared = {
    keepAlive,
    maxSockets: config.maxSockets,
    maxFreeSockets: config.maxSockets,
    scheduling: 'lifo',
    timeout: IDLE_SOCKET_MS,
  } as const;
  const agent = secure
    ? // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not reach the client secret.
      new https.Agent({ ...shared, rejectUnauthorized: true, ...(config.ca && { ca: config.ca }) })
    : new http.Agent(shared);
  watchNewSockets(agent, secure ? 'secureConnect' : 'connect', config.connectTimeoutMs);
  return agent;
}

/**
 * Tells whether a request could have been written to this socket: TCP is connected, and TLS done.
 *
 * @internal
 */
export function isUsable(socket: object | null | undefined): boolean {
  return socket !== null && socket !== undefined && usable.has(socket);
}

/** Times the making of sockets where they are made, so that a request on a kept one pays nothing. */
function watchNewSockets(agent: http.Agent, ready: 'connect' | 'secureConnect', timeoutMs: number): void {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = createConnection(options, callback);
    if (socket) {
      watch(socket, ready, timeoutMs);
    }
    return socket;
  };
}

function watch(socket: Duplex, ready: string, timeoutMs: number): void {
  const timer = setTimeout(() => socket.destroy(new ConnectTimeoutError(timeoutMs)), timeoutMs);
  socket.once(ready, () => {
    clearTimeout(timer);
    usable.add(socket);
  });
  socket.once('close', () => clearTimeout(timer));
}

/** Looks like Node's own connect error, so that whoever reads `code` finds what it knows. */
class ConnectTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
  readonly syscall = 'connect';

  constructor(timeoutMs: number) {
    super(`no connection within ${timeoutMs} ms`);
  }
}
