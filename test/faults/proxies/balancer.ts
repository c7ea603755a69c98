import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Connections to one replica after the other; one that does not take it is passed over, as a load balancer does. */
export class Balancer {
  readonly #sockets = new Set<Socket>();
  #ports: readonly number[] = [];
  #next = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Balancer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const balancer = new Balancer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (client) => balancer.forward(client, balancer.#ports.length));
    return balancer;
  }

  to(ports: readonly number[]): void {
    this.#ports = ports;
  }

  /** Ends what is open, as when a replica is found to be unwell. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private forward(client: Socket, triesLeft: number): void {
    this.track(client);
    if (triesLeft === 0) {
      client.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    const port = this.#ports[this.#next++ % this.#ports.length] ?? 0;
    const server = connect(port, '127.0.0.1');
    let isThrough = false;
    server.on('connect', () => {
      isThrough = true;
      this.track(server);
      client.pipe(server).pipe(client);
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
    });
    server.on('error', () => {
      if (!isThrough) this.forward(client, triesLeft - 1);
    });
  }

  private track(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
  }
}
