import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens on the way to a server. */
export type Fault =
  /** Nobody listens, and what was open is reset. */
  | { readonly kind: 'refuse' }
  /** Everything stays open, and not a byte passes. */
  | { readonly kind: 'silence' }
  /** Every chunk is that late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Each connection is cut after some bytes that way, each after another number below this one. */
  | { readonly kind: 'cut'; readonly way: 'up' | 'down'; readonly below: number }
  /** What is open now is reset; new connections pass. */
  | { readonly kind: 'reset' };

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes since the fault began. */
  passed: { up: number; down: number };
  /** From 0 to 1: where in the range of a cut this one is cut. */
  readonly share: number;
  /** What waits for the end of a silence. */
  held: (() => void)[];
}

/** Stands in front of a server, byte for byte, and does to the connections what networks do. */
export class FaultProxy {
  readonly #links = new Set<Link>();
  #fault: Fault | null = null;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly target: { readonly host: string; readonly port: number },
    private readonly random: () => number,
  ) {}

  static async before(host: string, port: number, random: () => number): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new FaultProxy(server, (server.address() as AddressInfo).port, { host, port }, random);
    server.on('connection', (client) => proxy.link(client));
    return proxy;
  }

  /** Begins a fault, in place of the one before. */
  async begin(fault: Fault): Promise<void> {
    await this.end();
    this.#fault = fault;
    for (const link of this.#links) link.passed = { up: 0, down: 0 };
    if (fault.kind === 'refuse') this.server.close();
    if (fault.kind === 'refuse' || fault.kind === 'reset') this.resetAll();
    if (fault.kind === 'reset') this.#fault = null;
  }

  /** Everything is well again; what was held goes on its way. */
  async end(): Promise<void> {
    this.#fault = null;
    if (!this.server.listening) {
      await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    }
    for (const link of this.#links) for (const send of link.held.splice(0)) send();
  }

  async close(): Promise<void> {
    this.resetAll();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  private resetAll(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  private link(client: Socket): void {
    const server = connect(this.target.port, this.target.host);
    const link: Link = { client, server, passed: { up: 0, down: 0 }, share: this.random(), held: [] };
    this.#links.add(link);
    this.pump(link, 'up', client, server);
    this.pump(link, 'down', server, client);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#links.delete(link);
        client.destroy();
        server.destroy();
      });
    }
  }

  private pump(link: Link, way: 'up' | 'down', from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => this.pass(link, way, () => to.write(chunk), chunk));
    from.on('end', () => this.pass(link, way, () => to.end(), Buffer.alloc(0)));
  }

  private pass(link: Link, way: 'up' | 'down', send: () => unknown, chunk: Buffer): void {
    const fault = this.#fault;
    if (fault?.kind === 'silence') {
      link.held.push(() => send());
    } else if (fault?.kind === 'delay') {
      setTimeout(send, fault.ms);
    } else if (fault?.kind === 'cut' && fault.way === way) {
      this.cut(link, way, chunk, Math.floor(fault.below * link.share));
    } else {
      send();
    }
  }

  private cut(link: Link, way: 'up' | 'down', chunk: Buffer, bytes: number): void {
    const rest = bytes - link.passed[way];
    link.passed[way] += chunk.length;
    const to = way === 'up' ? link.server : link.client;
    if (chunk.length < rest) {
      to.write(chunk);
      return;
    }
    to.write(chunk.subarray(0, Math.max(0, rest)), () => {
      link.client.resetAndDestroy();
      link.server.resetAndDestroy();
    });
  }
}
