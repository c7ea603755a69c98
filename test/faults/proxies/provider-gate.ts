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

/** A request that is held on its way. */
export interface Held {
  /** Resolves when it has come to the point where it is held. */
  readonly arrived: Promise<void>;
  release(): void;
}

/** Where a request is held: before the sandbox gets it, or when the sandbox has answered. */
export type HoldingPoint = 'before' | 'after';

interface Hold extends Held {
  readonly point: HoldingPoint;
  fits(asked: Asked): boolean;
  readonly arrive: () => void;
  readonly released: Promise<void>;
  isTaken: boolean;
}

const QUIET_MS = 700;

/** An HTTP proxy before the sandbox that says wrong things on demand, and remembers what must not happen twice. */
export class ProviderGate {
  /** Times that each code was sent to the provider. */
  readonly codesSent = new Map<string, number>();
  /** Deletions that replicas asked for: `/users/7`, `/users/me/connections/9`. */
  readonly deletions: Asked[] = [];
  rule: Rule = {};
  #underWay = 0;
  #lastAt = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #holds = new Set<Hold>();

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
      gate.#underWay += 1;
      gate
        .handle(request, response)
        .catch(() => response.destroy())
        .finally(() => {
          gate.#underWay -= 1;
          gate.#lastAt = Date.now();
        });
    });
    return gate;
  }

  /** Whether nobody asked anything for a while. What is held does not count. */
  get isQuiet(): boolean {
    const heldNow = [...this.#holds].filter(({ isTaken }) => isTaken).length;
    return this.#underWay === heldNow && Date.now() - this.#lastAt > QUIET_MS;
  }

  /** Holds the next request that fits, and no other. */
  hold(point: HoldingPoint, fits: (asked: Asked) => boolean): Held {
    let arrive = (): void => undefined;
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const hold: Hold = { point, fits, arrived, arrive, released, release, isTaken: false };
    this.#holds.add(hold);
    return hold;
  }

  async close(): Promise<void> {
    for (const { release } of this.#holds) release();
    this.server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    const asked = askedOf(request);
    this.remember(asked, body);
    await this.held('before', asked);
    const said = this.rule.answer?.(asked) ?? null;
    if (said !== null) {
      response.writeHead(said.status, { 'content-type': said.contentType }).end(said.body);
      return;
    }
    const { status, headers, text } = await this.forward(request, body);
    await this.held('after', asked);
    const rewritten = this.rule.rewrite?.(asked, text) ?? text;
    delete headers['content-length'];
    delete headers['transfer-encoding'];
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(rewritten) }).end(rewritten);
  }

  private async held(point: HoldingPoint, asked: Asked): Promise<void> {
    const hold = [...this.#holds].find((one) => !one.isTaken && one.point === point && one.fits(asked));
    if (hold === undefined) return;
    hold.isTaken = true;
    hold.arrive();
    await hold.released;
    this.#holds.delete(hold);
  }

  private remember(asked: Asked, body: Buffer): void {
    if (asked.path === '/auth/token/access') {
      const { code } = JSON.parse(body.toString('utf8')) as { code?: string };
      if (code !== undefined) this.codesSent.set(code, (this.codesSent.get(code) ?? 0) + 1);
    }
    if (asked.method === 'DELETE' && asked.path.startsWith('/users/')) this.deletions.push(asked);
  }

  private async forward(
    request: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
    // The host as it was asked for: links to further pages lead through here, too.
    const { headers } = request;
    return new Promise((resolve, reject) => {
      const options = { method: request.method ?? 'GET', headers, agent: this.#agent };
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
