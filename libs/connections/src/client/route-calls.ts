import type { paths } from './api.types.js';
import type { ClientCall, ClientListQuery, ConnectionsClientOptions } from './client.types.js';
import { ConnectionsClientError, errorOf, UNEXPECTED } from './client-error.js';

type Method = 'get' | 'post' | 'delete';

type RoutesWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type Answers<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer R }
  ? R
  : never;

type JsonIn<T> = T extends { content: { 'application/json': infer B } } ? B : undefined;

type Success<A> = { [S in keyof A]: S extends 200 | 201 | 202 | 204 ? JsonIn<A[S]> : never }[keyof A];

interface Input {
  readonly id?: string;
  readonly query?: ClientListQuery;
  readonly body?: object;
}

/** What ends a call: the caller, or that and the deadline. */
interface CallSignal {
  readonly own: AbortSignal | undefined;
  readonly any: AbortSignal;
}

/** A route takes `me` where it takes an id, and a browser resolves `..` before it sends: nothing but an id may stand there. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const DEFAULT_TIMEOUT_MS = 30_000;

/** Sends the calls of a client. */
export class RouteCalls {
  readonly #options: ConnectionsClientOptions;

  constructor(options: ConnectionsClientOptions) {
    this.#options = options;
  }

  /** One call. Its route, body and answer are those of the OpenAPI document, or it does not compile. */
  async send<M extends Method, P extends RoutesWith<M>>(
    method: M,
    route: P,
    input: Input,
    call?: ClientCall,
  ): Promise<Success<Answers<P, M>>> {
    const signal = this.#deadline(call?.signal);
    const response = await this.#fetch(method, this.#addressOf(route, input), input.body, signal);
    if (!response.ok) {
      throw response.type === 'opaqueredirect'
        ? new ConnectionsClientError('unexpected_answer', UNEXPECTED)
        : await errorOf(response);
    }
    return (response.status === 204 ? undefined : await jsonOf(response, signal)) as Success<Answers<P, M>>;
  }

  #addressOf(route: string, { id = '', query = {} }: Input): string {
    if (route.includes('{id}') && !ID.test(id)) {
      throw new ConnectionsClientError(
        'invalid_request',
        'This is not the id of a connection, an attempt or a link.',
      );
    }
    const base = String(this.#options.baseUrl ?? '/connections').replace(/\/+$/, '');
    const path = route.replace(/^\/connections/, '').replace('{id}', id);
    const given = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
    const search = new URLSearchParams(given).toString();
    return `${base}${path}${search === '' ? '' : `?${search}`}`;
  }

  /** Ends a call with its body: with the caller's own reason, or when it takes too long. */
  #deadline(own: AbortSignal | undefined): CallSignal {
    const deadline = AbortSignal.timeout(this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    return { own, any: own === undefined ? deadline : AbortSignal.any([deadline, own]) };
  }

  async #fetch(
    method: Method,
    address: string,
    body: object | undefined,
    { own, any: signal }: CallSignal,
  ): Promise<Response> {
    const { fetch: send = fetch, credentials = 'same-origin' } = this.#options;
    try {
      return await send(address, {
        method: method.toUpperCase(),
        headers: await this.#headers(body),
        credentials,
        // A login page behind a redirect would look like a success.
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      own?.throwIfAborted();
      throw unreachable(cause);
    }
  }

  async #headers(body: object | undefined): Promise<Record<string, string>> {
    return {
      accept: 'application/json, application/problem+json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(await this.#options.headers?.()),
    };
  }
}

async function jsonOf(response: Response, { own, any }: CallSignal): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    own?.throwIfAborted();
    if (any.aborted) {
      throw unreachable(cause);
    }
    throw new ConnectionsClientError('unexpected_answer', UNEXPECTED, { status: response.status, cause });
  }
}

function unreachable(cause: unknown): ConnectionsClientError {
  return new ConnectionsClientError('unreachable', 'The application does not answer.', { cause });
}
