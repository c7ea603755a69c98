import type { paths } from './api.types.js';
import type {
  ClientAttempt,
  ClientCall,
  ClientConnection,
  ClientConnectionPage,
  ClientListQuery,
  ClientManageRequest,
  ClientReconnectRequest,
  ClientStartedAttempt,
  ClientStartRequest,
  ConnectionsClientOptions,
} from './client.types.js';
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

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Calls the routes of the library, with types that are generated from their OpenAPI document. For browsers and for Node; it has no
 * dependency.
 *
 * Cross-site protection needs nothing of the caller: browsers send `Sec-Fetch-Site` and `Origin` with these calls by themselves.
 *
 * Every method rejects with a {@link ConnectionsClientError}.
 */
export class ConnectionsClient {
  readonly #options: ConnectionsClientOptions;

  constructor(options: ConnectionsClientOptions = {}) {
    this.#options = options;
  }

  /** Lists the connections of the signed-in user, oldest first. */
  async list(query: ClientListQuery = {}, call?: ClientCall): Promise<ClientConnectionPage> {
    return this.#send('get', '/connections', { query }, call);
  }

  /** Reads one connection. */
  async get(id: string, call?: ClientCall): Promise<ClientConnection> {
    return this.#send('get', '/connections/{id}', { id }, call);
  }

  /** Reads how an attempt ended: the landing of the browser has its id in the parameter `attempt`. */
  async attempt(id: string, call?: ClientCall): Promise<ClientAttempt> {
    return this.#send('get', '/connections/attempts/{id}', { id }, call);
  }

  /** Starts a connection. Then open the webview in this same browser, as a full page. */
  async connect(body: ClientStartRequest = {}, call?: ClientCall): Promise<ClientStartedAttempt> {
    return this.#send('post', '/connections/connect', { body }, call);
  }

  /** Starts the repair of a connection whose `requiredAction` is `reconnect`. */
  async reconnect(
    id: string,
    body: ClientReconnectRequest = {},
    call?: ClientCall,
  ): Promise<ClientStartedAttempt> {
    return this.#send('post', '/connections/{id}/reconnect', { id, body }, call);
  }

  /** Opens the page on which connections are added and deleted. */
  async manage(body: ClientManageRequest = {}, call?: ClientCall): Promise<ClientStartedAttempt> {
    return this.#send('post', '/connections/manage', { body }, call);
  }

  /** Synchronises a connection now. */
  async sync(id: string, call?: ClientCall): Promise<ClientConnection> {
    return this.#send('post', '/connections/{id}/sync', { id }, call);
  }

  /** Deletes a connection, at Powens, too. */
  async delete(id: string, call?: ClientCall): Promise<void> {
    await this.#send('delete', '/connections/{id}', { id }, call);
  }

  /** Erases everything of the signed-in user, at Powens, too. */
  async erase(call?: ClientCall): Promise<void> {
    await this.#send('delete', '/connections/me', {}, call);
  }

  /** One call. Its route, body and answer are those of the OpenAPI document, or it does not compile. */
  async #send<M extends Method, P extends RoutesWith<M>>(
    method: M,
    route: P,
    input: Input,
    call?: ClientCall,
  ): Promise<Success<Answers<P, M>>> {
    const response = await this.#fetch(method, this.#addressOf(route, input), input.body, call?.signal);
    if (!response.ok) {
      throw response.type === 'opaqueredirect'
        ? new ConnectionsClientError('unexpected_answer', UNEXPECTED)
        : await errorOf(response);
    }
    return (response.status === 204 ? undefined : await jsonOf(response)) as Success<Answers<P, M>>;
  }

  #addressOf(route: string, { id = '', query = {} }: Input): string {
    const base = String(this.#options.baseUrl ?? '/connections').replace(/\/+$/, '');
    const path = route.replace(/^\/connections/, '').replace('{id}', encodeURIComponent(id));
    const given = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
    const search = new URLSearchParams(given).toString();
    return `${base}${path}${search === '' ? '' : `?${search}`}`;
  }

  async #fetch(method: Method, address: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const {
      fetch: send = fetch,
      credentials = 'same-origin',
      timeoutMs = DEFAULT_TIMEOUT_MS,
    } = this.#options;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      return await send(address, {
        method: method.toUpperCase(),
        headers: await this.#headers(body),
        credentials,
        // A login page behind a redirect would look like a success.
        redirect: 'manual',
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ConnectionsClientError('unreachable', 'The application does not answer.', { cause });
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

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new ConnectionsClientError('unexpected_answer', UNEXPECTED, { status: response.status, cause });
  }
}
