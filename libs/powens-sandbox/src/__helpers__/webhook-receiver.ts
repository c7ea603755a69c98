import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request the receiver got. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The bytes as they came. */
  bytes: Buffer;
  /** The body, when it is plain JSON. */
  json: Record<string, unknown>;
  startedAt: number;
  endedAt: number;
}

/** What to answer: a status, or whatever the function does with the response. */
export type Behaviour = number | ((response: ServerResponse, received: Received) => void);

/** A receiver of webhooks on a free loopback port, which answers as it is told. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** What it answers to everything that `answers` does not name. */
  behaviour: Behaviour = 200;
  /** What it answers first, in order. */
  readonly answers: Behaviour[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.receive(request, response),
    );
  }

  static async start(port = 0): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = '/webhooks'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  get paths(): string[] {
    return this.received.map((one) => one.path);
  }

  clear(): void {
    this.received.length = 0;
    this.answers.length = 0;
    this.behaviour = 200;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const startedAt = performance.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const { method = '', url: path = '', headers } = request;
      const received = { method, path, headers, bytes, json: parsed(bytes), startedAt, endedAt: 0 };
      this.received.push(received);
      response.on('close', () => {
        received.endedAt = performance.now();
      });
      const behaviour = this.answers.shift() ?? this.behaviour;
      if (typeof behaviour === 'number') {
        response.writeHead(behaviour).end();
      } else {
        behaviour(response, received);
      }
    });
  }
}

function parsed(bytes: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
