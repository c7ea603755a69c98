import type {
  ClientAttempt,
  ClientCompletionRequest,
  ClientCall,
  ClientConnection,
  ClientConnectionPage,
  ClientLink,
  ClientLinkRequest,
  ClientListQuery,
  ClientManageRequest,
  ClientReconnectRequest,
  ClientStartedAttempt,
  ClientStartRequest,
  ConnectionsClientOptions,
} from './client.types.js';
import { RouteCalls } from './route-calls.js';

/**
 * Calls the routes of the library, with types that are generated from their OpenAPI document. For browsers and for Node; it has no
 * dependency.
 *
 * Cross-site protection needs nothing of the caller: browsers send `Sec-Fetch-Site` and `Origin` with these calls by themselves.
 *
 * Every method rejects with a {@link ConnectionsClientError}; one that takes an id, before anything is sent, for a text that is none
 * (`invalid_request`).
 */
export class ConnectionsClient {
  readonly #calls: RouteCalls;

  constructor(options: ConnectionsClientOptions = {}) {
    this.#calls = new RouteCalls(options);
  }

  /** Lists the connections of the signed-in user, oldest first. */
  async list(query: ClientListQuery = {}, call?: ClientCall): Promise<ClientConnectionPage> {
    return this.#calls.send('get', '/connections', { query }, call);
  }

  /** Reads one connection. */
  async get(id: string, call?: ClientCall): Promise<ClientConnection> {
    return this.#calls.send('get', '/connections/{id}', { id }, call);
  }

  /** Reads how an attempt ended: the landing of the browser has its id in the parameter `attempt`. */
  async attempt(id: string, call?: ClientCall): Promise<ClientAttempt> {
    return this.#calls.send('get', '/connections/attempts/{id}', { id }, call);
  }

  /** Starts a connection. Then open the webview in this same browser, as a full page. */
  async connect(body: ClientStartRequest = {}, call?: ClientCall): Promise<ClientStartedAttempt> {
    return this.#calls.send('post', '/connections/connect', { body }, call);
  }

  /** Starts the repair of a connection whose `requiredAction` is `reconnect`. */
  async reconnect(
    id: string,
    body: ClientReconnectRequest = {},
    call?: ClientCall,
  ): Promise<ClientStartedAttempt> {
    return this.#calls.send('post', '/connections/{id}/reconnect', { id, body }, call);
  }

  /** Opens the page on which connections are added and deleted. */
  async manage(body: ClientManageRequest = {}, call?: ClientCall): Promise<ClientStartedAttempt> {
    return this.#calls.send('post', '/connections/manage', { body }, call);
  }

  /** Completes an attempt whose target has `complete: 'confirm'`, with the `ticket` of its landing and the `binding` of its start. */
  async complete(id: string, body: ClientCompletionRequest, call?: ClientCall): Promise<ClientAttempt> {
    return this.#calls.send('post', '/connections/attempts/{id}/complete', { id, body }, call);
  }

  /** Makes a link by which the same user starts a connection later, or in another browser. The answer is the only one that contains it. */
  async createLink(body: ClientLinkRequest = {}, call?: ClientCall): Promise<ClientLink> {
    return this.#calls.send('post', '/connections/links', { body }, call);
  }

  /** Makes a link useless. */
  async revokeLink(id: string, call?: ClientCall): Promise<void> {
    await this.#calls.send('delete', '/connections/links/{id}', { id }, call);
  }

  /** Synchronises a connection now. */
  async sync(id: string, call?: ClientCall): Promise<ClientConnection> {
    return this.#calls.send('post', '/connections/{id}/sync', { id }, call);
  }

  /** Deletes a connection, at Powens, too. */
  async delete(id: string, call?: ClientCall): Promise<void> {
    await this.#calls.send('delete', '/connections/{id}', { id }, call);
  }

  /** Erases everything of the signed-in user, at Powens, too. */
  async erase(call?: ClientCall): Promise<void> {
    await this.#calls.send('delete', '/connections/me', {}, call);
  }
}
