import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Drains a server: once started, every answer ends its connection, so that a client that keeps using a keep-alive
 * connection does not prevent the server from closing.
 *
 * @internal
 */
export class DrainingServer {
  readonly #underWay = new Set<ServerResponse>();
  #isDraining = false;
  #isClosing = false;

  /** @param server - that of the adapter, Express' and Fastify's alike */
  constructor(private readonly server: Server) {
    // Before the application's own listener, which may answer at once.
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.#underWay.add(response);
      response.once('close', () => this.ended(response));
      if (this.#isDraining) {
        endConnectionAfter(response);
      }
    });
  }

  /** Ends each connection after its current answer. New connections are still accepted. */
  begin(): void {
    this.#isDraining = true;
    this.#underWay.forEach(endConnectionAfter);
  }

  /** The server is being closed: a connection ends as soon as it is idle. */
  close(): void {
    this.#isClosing = true;
    this.closeIdle();
  }

  /** Cuts the connections that are still in use. */
  cut(): void {
    this.server.closeAllConnections();
  }

  private ended(response: ServerResponse): void {
    this.#underWay.delete(response);
    if (this.#isClosing) {
      // Its head may have been sent before the shutdown began, with keep-alive.
      setImmediate(() => this.closeIdle());
    }
  }

  private closeIdle(): void {
    this.server.closeIdleConnections();
  }
}

function endConnectionAfter(response: ServerResponse): void {
  // HTTP/2 has no such header, and ends its sessions when the server is closed.
  if (!response.headersSent && response.req.httpVersionMajor < 2) {
    response.shouldKeepAlive = false;
    response.setHeader('Connection', 'close');
  }
}
