import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a database that can be cut while the server goes on with what it was told. */
export interface CuttableLink {
  readonly url: string;
  /** Cuts every session at the client's end. The server notices when it wants to answer, not before. */
  cut(): void;
  /** Keeps what the server says from here on to itself, until `cut`: statements take effect, and nobody learns of it. */
  mute(): void;
  close(): Promise<void>;
}

/** Stands between a client and a database. */
export async function cuttableLink(databaseUrl: string): Promise<CuttableLink> {
  const there = new URL(databaseUrl);
  const [clients, servers] = [new Set<Socket>(), new Set<Socket>()];
  let isMute = false;
  const link = createServer((client) => {
    const server = connect(Number(there.port), there.hostname);
    for (const [socket, kept] of [
      [client, clients],
      [server, servers],
    ] as const) {
      kept.add(socket);
      socket.on('error', () => undefined).on('close', () => kept.delete(socket));
    }
    client.on('data', (chunk) => server.write(chunk)).on('end', () => server.end());
    server
      .on('data', (chunk) => {
        if (!isMute) client.write(chunk);
      })
      .on('end', () => client.end());
  });
  await new Promise<void>((resolve) => link.listen(0, '127.0.0.1', resolve));
  const here = new URL(databaseUrl);
  here.host = `127.0.0.1:${(link.address() as AddressInfo).port}`;
  return {
    url: here.href,
    mute: () => {
      isMute = true;
    },
    cut: () => {
      isMute = false;
      clients.forEach((client) => client.destroy());
    },
    close: async () => {
      [...clients, ...servers].forEach((socket) => socket.destroy());
      await new Promise((resolve) => link.close(resolve));
    },
  };
}
