import { connect } from 'node:net';
import { withClient } from '../postgres/client.js';

/** The real servers that answer on this machine; null for one that does not. */
export interface Services {
  readonly postgresql: string | null;
  readonly rabbitmq: string | null;
  readonly nats: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Only in `npm run test:services`. */
    services: Services;
  }
}

/** `DATABASE_URL`, else a server on the usual port that trusts local connections. */
function postgresqlCandidates(): string[] {
  const { DATABASE_URL: named } = process.env;
  if (named !== undefined && /^postgres(ql)?:/.test(named)) return [named];
  return ['postgres', 'root'].map((user) => `postgres://${user}@127.0.0.1:5432/postgres`);
}

/** Asks each service whether it answers, and says so when it does not. */
export async function findServices(): Promise<Services> {
  return {
    postgresql: await findPostgresql(),
    rabbitmq: await answering('RabbitMQ', process.env.AMQP_URL ?? 'amqp://guest:guest@127.0.0.1:5672'),
    nats: await answering('NATS', process.env.NATS_URL ?? 'nats://127.0.0.1:4222'),
  };
}

async function findPostgresql(): Promise<string | null> {
  for (const url of postgresqlCandidates()) {
    if (await mayCreateDatabases(url)) return url;
  }
  const { host } = new URL(postgresqlCandidates()[0]!);
  process.stdout.write(`SKIPPED: PostgreSQL at ${host} does not answer or lets nobody create databases\n`);
  return null;
}

/** @returns the URL when its port accepts connections */
async function answering(name: string, url: string): Promise<string | null> {
  const { hostname, port, host } = new URL(url);
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const end = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
  if (!answers) process.stdout.write(`SKIPPED: ${name} at ${host} does not answer\n`);
  return answers ? url : null;
}

async function mayCreateDatabases(url: string): Promise<boolean> {
  try {
    const { rows } = await withClient(url, (client) =>
      client.query<{ may: boolean }>(
        'SELECT rolsuper OR rolcreatedb AS may FROM pg_roles WHERE rolname = current_user',
      ),
    );
    return rows[0]?.may === true;
  } catch {
    // Not there, or not for us: the caller reports it as skipped.
    return false;
  }
}
