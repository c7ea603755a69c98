import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** A platform in front of an application, in the same process. */
export interface Platform {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A platform that reads each body itself, and hands the request on with the stream used up.
 *
 * @param kept - whether it leaves the bytes in `rawBody`
 */
export async function platformBefore(app: INestApplication, kept = true): Promise<Platform> {
  const server = createServer((request: IncomingMessage & { rawBody?: Buffer }, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (kept) request.rawBody = Buffer.concat(parts);
      setImmediate(() => (app.getHttpServer() as Server).emit('request', request, response));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
