import {
  Agent,
  createServer,
  request as send,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the provider is made to say instead. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A request to the provider. */
export interface Asked {
  readonly method: string;
  /** Without version prefix and query. */
  readonly path: string;
  readonly token: string | null;
}

/** Decides about a request: null lets the sandbox answer. `rewrite` changes what the sandbox said. */
export interface Rule {
  answer?(asked: Asked): Answer | null;
  rewrite?(asked: Asked, body: string): string;
}

/** An HTTP proxy before the sandbox that says wrong things on demand, and remembers what must not happen twice. */
export class ProviderGate {
  /** Times that each code was sent to the provider. */
  readonly codesSent = new Map<string, number>();
  /** Deletions that replicas asked for: `/users/7`, `/users/me/connections/9`. */
  readonly deletions: Asked[] = [];
  rule: Rule = {};
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly server: Server,
    readonly port: number,
    /** The sandbox that answers. */
    public upstream: string,
  ) {}

  static async before(upstream: string): Promise<ProviderGate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const gate = new ProviderGate(server, (server.address() as AddressInfo).port, upstream);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      gate.handle(request, response).catch(() => response.destroy());
    });
    return gate;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    const asked = askedOf(request);
    this.remember(asked, body);
    const said = this.rule.answer?.(asked) ?? null;
    if (said !== null) {
      response.writeHead(said.status, { 'content-type': said.contentType }).end(said.body);
      return;
    }
    const { status, headers, text } = await this.forward(request, body);
    const rewritten = this.rule.rewrite?.(asked, text) ?? text;
    delete headers['content-length'];
    delete headers['transfer-encoding'];
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(rewritten) }).end(rewritten);
  }

  private remember(asked: Asked, body: Buffer): void {
    if (asked.path === '/auth/token/access') {
      const { code } = JSON.parse(body.toString('utf8')) as { code?: string };
      if (code !== undefined) this.codesSent.set(code, (this.codesSent.get(code) ?? 0) + 1);
    }
    if (asked.method === 'DELETE') this.deletions.push(asked);
  }

  private async forward(
    request: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
    const { host: _, ...headers } = request.headers;
    return new Promise((resolve, reject) => {
      const { agent } = { agent: this.#agent };
      const options = { method: request.method ?? 'GET', headers, agent };
      const outgoing = send(new URL(request.url ?? '/', this.upstream), options, (answer) => {
        bytesOf(answer).then((bytes) => {
          const { statusCode: status = 502 } = answer;
          resolve({ status, headers: { ...answer.headers }, text: bytes.toString('utf8') });
        }, reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function askedOf({ method = 'GET', url = '/', headers }: IncomingMessage): Asked {
  const [path = ''] = url.split('?');
  const { authorization } = headers;
  return {
    method,
    path: path.replace(/^\/2\.0/, ''),
    token: authorization?.startsWith('Bearer ') === true ? authorization.slice(7) : null,
  };
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
