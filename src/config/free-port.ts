import { createServer, type AddressInfo } from 'node:net';

/** A port is taken: the message names the variable that chooses another one. */
export class PortInUseError extends Error {
  constructor(
    readonly variable: string,
    readonly port: number,
  ) {
    super(
      `Port ${port} is in use. Stop the program that uses it, or choose another port: ${variable}=${port + 1}`,
    );
    this.name = PortInUseError.name;
  }
}

/**
 * Makes sure of a port before anything is built on its number: the public URL and the redirect URI hold it.
 *
 * @param variable - the variable that holds the port, for the message
 * @param port - 0 picks a free one
 * @returns the port to listen on
 */
export async function claimPort(variable: string, host: string, port: number): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail).listen({ host, port, exclusive: true }, done);
    });
    return (server.address() as AddressInfo).port;
  } catch (error) {
    throw explainListenError(variable, host, port, error);
  } finally {
    await new Promise((done) => server.close(done));
  }
}

/** Turns what `listen` throws into something a person can act on. */
export function explainListenError(variable: string, host: string, port: number, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new PortInUseError(variable, port);
    case 'EACCES':
      return new Error(
        `Port ${port} needs privileges that this process does not have: set ${variable} above 1023`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(`HOST ${host} is not an address of this machine: set HOST to 127.0.0.1 or 0.0.0.0`);
    default:
      return error;
  }
}
