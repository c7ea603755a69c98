import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a database on which sessions end, or none begins, when a test says so. */
export interface FaultyLink {
  readonly url: string;
  /** Ends the next `count` sessions right behind an answer: in the same packet, as a failover may. */
  terminateNext(count: number): void;
  /** Sessions that are still to be ended. */
  left(): number;
  /** Cuts every session and refuses new ones until `restore`. */
  refuse(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** ReadyForQuery, outside a transaction: the end of a start-up and of every answer. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Stands between a client and a database. */
export async function faultyLink(databaseUrl: string): Promise<FaultyLink> {
  const there = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let terminations = 0;
  const onClient = (client: Socket): void => {
    const server = connect(Number(there.port), there.hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => server.write(chunk)).on('close', () => server.destroy());
    server
      .on('data', (chunk) => {
        if (terminations > 0 && chunk.subarray(-READY.length).equals(READY)) {
          terminations -= 1;
          client.end(Buffer.concat([chunk, terminated()]));
          server.destroy();
          return;
        }
        client.write(chunk);
      })
      .on('close', () => client.end());
  };
  let link = createServer(onClient);
  const listen = async (port: number): Promise<void> =>
    new Promise((resolve) => link.listen(port, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => link.close(resolve));
    sockets.forEach((socket) => socket.destroy());
    await closed;
  };
  await listen(0);
  const { port } = link.address() as AddressInfo;
  const here = new URL(databaseUrl);
  here.host = `127.0.0.1:${port}`;
  return {
    url: here.href,
    terminateNext: (count) => {
      terminations = count;
    },
    left: () => terminations,
    refuse: stop,
    restore: async () => {
      link = createServer(onClient);
      await listen(port);
    },
    close: stop,
  };
}

/** What a server says when an administrator ends a session. */
function terminated(): Buffer {
  const fields = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
  const message = Buffer.alloc(5 + fields.length);
  message.write('E', 0);
  message.writeInt32BE(4 + fields.length, 1);
  message.write(fields, 5);
  return message;
}
