import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Which calls are spoilt. */
export interface Spoilt {
  readonly method: string;
  /** Path below the API root, without the query. */
  readonly path: RegExp;
  /** Calls that pass before. @default 0 */
  readonly skip?: number;
  /** The call that comes right before, where there is one: from its answer on nobody listens, if that is the fault. */
  readonly after?: RegExp;
}

/** An answer. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What goes wrong with a call. */
export type Spoil =
  /** Nobody listens. */
  | { readonly kind: 'refuse' }
  /** Powens never sees it, and nothing is answered. */
  | { readonly kind: 'silence' }
  /** Powens never sees it, and the connection is reset. */
  | { readonly kind: 'reset' }
  /** Powens never sees it: something else answers, or Powens refuses. */
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** Powens processes it, and nothing is answered. */
  | { readonly kind: 'late' }
  /** Powens processes it, and so much of the answer comes: the share of its head, or of its body. */
  | { readonly kind: 'cut'; readonly of: 'head' | 'body'; readonly share: number }
  /** Powens processes it, and the answer is another one. */
  | { readonly kind: 'change'; readonly change: (reply: Reply) => Reply };

/** A call as it came. */
interface Passing {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
}

/** The link between the library and the sandbox, which spoils the calls that a test wants spoilt. */
export class PowensLink {
  readonly #sockets = new Set<Socket>();
  #wish: { readonly call: Spoilt; readonly spoil: Spoil; passed: number } | null = null;
  #isRefusing = false;
  /** Calls spoilt since the last wish. One that nobody listened to is not seen. */
  spoilt = 0;

  private constructor(
    private readonly target: string,
    private readonly server = createServer(),
  ) {
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (incoming, outgoing) => {
      this.pass(incoming, outgoing).catch(() => incoming.socket.destroy());
    });
  }

  /** Opens a link to a sandbox. */
  static async to(target: string): Promise<PowensLink> {
    const link = new PowensLink(target);
    await link.listen(0);
    return link;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Spoils every call that fits, until it is healed. */
  spoil(call: Spoilt, spoil: Spoil): void {
    this.#wish = { call, spoil, passed: 0 };
    this.spoilt = 0;
    if (spoil.kind === 'refuse' && call.after === undefined) this.refuse();
  }

  /** Everything is well again; what was held without an answer is reset. */
  async heal(): Promise<void> {
    this.#wish = null;
    this.resetAll();
    if (this.#isRefusing) {
      this.#isRefusing = false;
      await this.listen(this.port);
    }
  }

  async close(): Promise<void> {
    this.resetAll();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private port = 0;

  private async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  private refuse(): void {
    this.#isRefusing = true;
    this.server.close();
    this.resetAll();
  }

  private resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { socket } = incoming;
    const passing = { incoming, outgoing, body: await bytesOf(incoming) };
    if (this.#isRefusing) {
      socket.resetAndDestroy();
      return;
    }
    const spoil = this.spoilOf(incoming);
    if (spoil === null) {
      await this.forward(passing);
      return;
    }
    this.spoilt += 1;
    switch (spoil.kind) {
      case 'refuse':
      case 'silence':
        return;
      case 'reset':
        socket.resetAndDestroy();
        return;
      case 'answer':
        reply(outgoing, spoil.reply);
        return;
      case 'late':
        await this.ask(passing);
        return;
      case 'cut':
        cut(socket, await this.ask(passing), spoil);
        return;
      case 'change':
        reply(outgoing, spoil.change(await this.ask(passing)));
    }
  }

  private spoilOf({ method = '', url = '' }: IncomingMessage): Spoil | null {
    const wish = this.#wish;
    if (wish === null || wish.call.method !== method || !wish.call.path.test(pathOf(url))) return null;
    wish.passed += 1;
    return wish.passed > (wish.call.skip ?? 0) ? wish.spoil : null;
  }

  private async forward(passing: Passing): Promise<void> {
    const { incoming, outgoing } = passing;
    const answer = await this.ask(passing);
    const wish = this.#wish;
    if (wish?.spoil.kind === 'refuse' && wish.call.after?.test(pathOf(incoming.url ?? '')) === true) {
      outgoing.once('finish', () => {
        // The answer is on its way: from here on nobody listens.
        this.#isRefusing = true;
        this.server.close();
      });
    }
    reply(outgoing, answer);
  }

  /** Sends a call on. */
  private async ask({ incoming, body }: Passing): Promise<Reply> {
    const { method = 'GET', url = '/', headers } = incoming;
    return new Promise((resolve, reject) => {
      const sent = send(new URL(url, this.target), { method, headers, agent: false }, (response) => {
        bytesOf(response).then((bytes) => {
          const { 'content-type': type } = response.headers;
          resolve({
            status: response.statusCode ?? 502,
            body: bytes.toString('utf8'),
            headers: type === undefined ? {} : { 'content-type': type },
          });
        }, reject);
      });
      sent.once('error', reject).end(body);
    });
  }
}

function reply(outgoing: ServerResponse, { status, body, headers }: Reply): void {
  outgoing.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  outgoing.end(body);
}

/** Writes a part of an answer, and cuts the connection. */
function cut(socket: Socket, { status, body, headers }: Reply, how: Spoil & { kind: 'cut' }): void {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
  const head = `HTTP/1.1 ${status} Cut\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const [whole, part] = how.of === 'head' ? ['', head] : [head, body];
  socket.write(`${whole}${part.slice(0, Math.floor(part.length * how.share))}`, () => socket.destroy());
}

function pathOf(url: string): string {
  return new URL(url, 'http://localhost').pathname.replace(/^\/2\.0/, '');
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
