import { validateHeaderName, validateHeaderValue } from 'node:http';
import axios, { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import type { HttpDispatchOptions } from '../../options/http-dispatcher.interface.js';
import { TransportError } from './transport.error.js';

// They belong to the connection and frame the message: undici writes them, no interceptor does. Else two servers could
// disagree on where the body ends, or the answer could be compressed.
const OWN_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

const PATH = /^\/[\x21-\x7e]*$/;

/**
 * Translates an axios config for undici, and checks what undici checks: a client of undici 7 that refuses a request is
 * lost to its pool.
 *
 * @param origin - the only one that requests may go to, checked here, after all interceptors (OA-15)
 * @throws TransportError of phase `misuse` when the config asks for what must not be sent
 * @internal
 */
export function undiciRequest(origin: string, config: InternalAxiosRequestConfig): HttpDispatchOptions {
  try {
    return {
      origin,
      path: pathOf(origin, config),
      method: (config.method ?? 'get').toUpperCase(),
      headers: headersOf(config),
      body: bodyOf(config),
    };
  } catch (error) {
    throw new TransportError('misuse', (error as Error).message, AxiosError.ERR_BAD_OPTION_VALUE, config);
  }
}

function pathOf(origin: string, config: InternalAxiosRequestConfig): string {
  const whole = config.baseURL === undefined && config.params === undefined;
  const url = whole ? config.url : axios.getUri(config);
  // The slash ends the authority, so nothing can hide behind it.
  if (url?.startsWith(`${origin}/`) !== true) {
    throw new Error('a request to another origin was refused');
  }
  const path = url.slice(origin.length);
  if (!PATH.test(path)) {
    throw new Error('a path with unescaped characters was refused');
  }
  return path;
}

function headersOf({ headers }: InternalAxiosRequestConfig): string[] {
  const flat = ['accept-encoding', 'identity'];
  for (const [name, value] of Object.entries(headers)) {
    if (value === null || value === undefined || value === false || OWN_HEADERS.has(name.toLowerCase())) {
      continue;
    }
    const text = String(value);
    validateHeaderName(name);
    validateHeaderValue(name, text);
    flat.push(name, text);
  }
  return flat;
}

function bodyOf(config: InternalAxiosRequestConfig): HttpDispatchOptions['body'] {
  const body: unknown = config.data ?? null;
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
    return body;
  }
  throw new Error('only text and bytes can be sent');
}
