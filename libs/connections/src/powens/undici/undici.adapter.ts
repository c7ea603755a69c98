import type { AxiosAdapter, InternalAxiosRequestConfig } from 'axios';
import { Pool } from 'undici';
import type { HttpDispatcher } from '../../options/http-dispatcher.interface.js';
import { UndiciExchange } from './undici.exchange.js';
import type { UndiciRequestConfig } from './undici.request.config.js';
import { undiciRequest } from './undici.request.js';

/**
 * What {@link createUndiciAdapter} needs to know.
 *
 * @internal
 */
export interface UndiciAdapterOptions {
  /** Origin of every request, as `https://acme.biapi.pro`. */
  readonly origin: string;
  /** Milliseconds for DNS, TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** Milliseconds for a whole request where `config.timeout` does not say. */
  readonly totalTimeoutMs: number;
  readonly maxSockets: number;
  /** Of the host. It keeps its own connections, and the host closes it. */
  readonly dispatcher: HttpDispatcher | null;
}

/**
 * An axios adapter with its connections.
 *
 * @internal
 */
export interface UndiciAdapter extends AxiosAdapter {
  /** Closes the connections at once; requests under way fail. */
  destroy(): Promise<void>;
}

// A usual server closes an idle connection after 5 s or more. This side does so first, whatever the server announces.
const IDLE_MS = 4_000;

/**
 * Makes an axios adapter on undici. Below axios' API (interceptors, transforms, `signal`, `AxiosError`) it
 *
 * - talks to one origin only;
 * - takes `config.timeout` for a deadline over everything, from the wait for a connection to the last byte (RL-14);
 * - follows no redirect, reads no proxy variable, verifies TLS, refuses compressed answers;
 * - cuts the answer at `maxContentLength` bytes (RL-15);
 * - leaves statuses to its caller, and answers text;
 * - never sends a request twice by itself, and says of one that failed whether it may have left (RL-05).
 *
 * @internal
 */
export function createUndiciAdapter(options: UndiciAdapterOptions): UndiciAdapter {
  const { origin, totalTimeoutMs } = options;
  const { kept, fresh, destroy } = connectionsOf(options);
  const adapter: AxiosAdapter = (config: InternalAxiosRequestConfig & UndiciRequestConfig) =>
    new Promise((resolve, reject) => {
      const request = undiciRequest(origin, config);
      // axios' 0 means no limit; nothing here waits without one.
      const timeoutMs = config.timeout === undefined || config.timeout <= 0 ? totalTimeoutMs : config.timeout;
      const exchange = new UndiciExchange(config, timeoutMs, resolve, reject);
      try {
        (config.freshConnection === true ? fresh : kept).dispatch(request, exchange);
      } catch (error) {
        exchange.onResponseError(null, error as Error);
      }
    });
  return Object.assign(adapter, { destroy });
}

interface Connections {
  readonly kept: HttpDispatcher;
  readonly fresh: HttpDispatcher;
  readonly destroy: () => Promise<void>;
}

function connectionsOf(options: UndiciAdapterOptions): Connections {
  const { dispatcher } = options;
  if (dispatcher !== null) {
    return { kept: dispatcher, fresh: dispatcher, destroy: () => Promise.resolve() };
  }
  const kept = new Pool(options.origin, { ...poolOptions(options), keepAliveTimeout: IDLE_MS });
  // 0 is undici's way to keep no connection. After a cut it connects once more in advance: such a one must not be kept.
  const fresh = new Pool(options.origin, { ...poolOptions(options), keepAliveTimeout: 1, pipelining: 0 });
  const destroy = async (): Promise<void> => {
    await Promise.all([kept.destroy(), fresh.destroy()]);
  };
  return { kept, fresh, destroy };
}

function poolOptions({ maxSockets, connectTimeoutMs }: UndiciAdapterOptions): Pool.Options {
  return {
    connections: maxSockets,
    connectTimeout: connectTimeoutMs,
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not reach the client secret.
    connect: { rejectUnauthorized: true },
    keepAliveMaxTimeout: IDLE_MS,
    // The deadline of each exchange covers headers and body, with one timer instead of two.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}
