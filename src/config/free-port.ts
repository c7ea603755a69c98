import { createServer, type AddressInfo } from 'node:net';
import type { Environment } from './environment.js';

/** Where the embedded sandbox listens. */
export const SANDBOX_HOST = '127.0.0.1';

const LOOPBACK_V6 = '::1';

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
 * Checks a port before its number is used: the public URL and the redirect URI hold it.
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
    const claimed = (server.address() as AddressInfo).port;
    await refuseOtherLocalhost(host, claimed);
    return claimed;
  } catch (error) {
    throw explainListenError(variable, host, port, error);
  } finally {
    await new Promise((done) => server.close(done));
  }
}

/** A browser that is sent to `localhost` tries `::1` first: a server there would get its requests, and its cookies. */
async function refuseOtherLocalhost(host: string, port: number): Promise<void> {
  if (host !== SANDBOX_HOST) {
    return;
  }
  const server = createServer();
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail).listen({ host: LOOPBACK_V6, port, exclusive: true }, done);
    });
  } catch (error) {
    // A machine without IPv6 has no server there.
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw error;
    }
  } finally {
    await new Promise((done) => server.close(done));
  }
}

/**
 * Checks both ports, and reports both when both are taken: one start shows everything to repair.
 *
 * @returns the port of the host, and that of the sandbox, null when Powens is not embedded
 * @throws PortInUseError, or an error with both messages
 */
export async function claimPorts(
  environment: Pick<Environment, 'host' | 'port' | 'sandboxPort' | 'powens'>,
): Promise<[number, number | null]> {
  const { host, port, sandboxPort, powens } = environment;
  const claims = await Promise.allSettled([
    claimPort('PORT', host, port),
    powens === null ? claimPort('SANDBOX_PORT', SANDBOX_HOST, sandboxPort) : null,
  ]);
  const failures = claims.flatMap((claim) => (claim.status === 'rejected' ? [claim.reason as Error] : []));
  if (failures.length > 1) {
    throw new Error(failures.map(({ message }) => message).join('\n'));
  }
  const [own, sandbox] = claims;
  if (own.status === 'rejected' || sandbox.status === 'rejected') {
    throw failures[0] ?? new Error('A port could not be taken');
  }
  return [own.value, sandbox.value];
}

/** Turns an error of `listen` into one that names the repair. */
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
