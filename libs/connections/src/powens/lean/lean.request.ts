import type http from 'node:http';
import axios, { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import { LeanAdapterError } from './lean-adapter.error.js';

/**
 * Where the lean adapter sends to, and nowhere else.
 *
 * @internal
 */
export interface LeanTarget {
  readonly agent: http.Agent;
  /** Opens a connection for each request, and keeps none. */
  readonly freshAgent: http.Agent;
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string | null;
  /** Value of the `host` header. */
  readonly host: string;
  /** Origin and `/`: what every URL begins with. The slash ends the authority, so nothing can hide behind it. */
  readonly prefix: string;
  readonly totalTimeoutMs: number;
}

/**
 * What a request may ask of this adapter beyond axios' own settings.
 *
 * @internal
 */
export interface LeanRequestConfig {
  /**
   * Sends the request on a connection of its own. A request on a kept one that the peer closes in the same moment is lost
   * in a way that nobody can tell from a processed one (H12).
   */
  readonly freshSocket?: boolean;
}

/**
 * What is handed to node:http, and the body to write.
 *
 * @internal
 */
export interface LeanRequest {
  readonly options: http.RequestOptions;
  readonly body: string | Uint8Array | undefined;
}

// Of the connection, not of the request: set here and taken from nobody, or two servers could disagree on where the
// body ends, or an answer come compressed.
const OWN_HEADERS = new Set([
  'host',
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'transfer-encoding',
]);

/**
 * Translates an axios config for node:http.
 *
 * @throws LeanAdapterError of phase `misuse` when the config asks for what this adapter never does
 * @internal
 */
export function leanRequest(
  target: LeanTarget,
  config: InternalAxiosRequestConfig & LeanRequestConfig,
): LeanRequest {
  const method = (config.method ?? 'get').toUpperCase();
  const body = bodyOf(config);
  return {
    body,
    options: {
      agent: config.freshSocket === true ? target.freshAgent : target.agent,
      protocol: target.protocol,
      hostname: target.hostname,
      port: target.port,
      method,
      path: pathOf(target, config),
      headers: headersOf(target, config, contentLength(method, body)),
    },
  };
}

function pathOf(target: LeanTarget, config: InternalAxiosRequestConfig): string {
  const plain = config.baseURL === undefined && config.params === undefined;
  const url = plain ? config.url : axios.getUri(config);
  if (url === undefined || !url.startsWith(target.prefix)) {
    throw misuse(config, 'a request to another origin was refused');
  }
  return url.slice(target.prefix.length - 1);
}

function bodyOf(config: InternalAxiosRequestConfig): LeanRequest['body'] {
  const body: unknown = config.data ?? undefined;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    return body;
  }
  throw misuse(config, 'only text and bytes can be sent');
}

function contentLength(method: string, body: LeanRequest['body']): number | null {
  if (body !== undefined) {
    return Buffer.byteLength(body);
  }
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? 0 : null;
}

// One flat list: node:http writes it as it is, without a `setHeader` each.
function headersOf(target: LeanTarget, config: InternalAxiosRequestConfig, length: number | null): string[] {
  const flat = ['host', target.host, 'accept-encoding', 'identity'];
  for (const [name, value] of Object.entries(config.headers)) {
    if (value !== null && value !== undefined && value !== false && !OWN_HEADERS.has(name.toLowerCase())) {
      flat.push(name, String(value));
    }
  }
  if (length !== null) {
    flat.push('content-length', String(length));
  }
  return flat;
}

function misuse(config: InternalAxiosRequestConfig, message: string): LeanAdapterError {
  return new LeanAdapterError('misuse', message, AxiosError.ERR_BAD_OPTION_VALUE, config);
}
