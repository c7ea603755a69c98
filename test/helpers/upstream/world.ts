import { ConnectionsService, type ConnectionsModuleOptions } from 'nestjs-powens-connections';
import type { Browser } from '../flow/browser.js';
import { startFlowApp, type FlowApp } from '../flow/flow-app.js';
import { connected } from '../flow/lifecycle.js';
import { sql } from '../flow/observe.js';
import { powensUserIdOf } from '../flow/reconciling.js';
import { PowensLink } from './powens-link.js';

/** As long as a call may take that is answered: a slow machine must not come near it. */
const UNHURRIED_MS = 30_000;
/** As long as silence takes. */
const HASTY_MS = 1500;

/** What runs by itself. */
const BUSY = { lifecycle: { sweepIntervalMs: 100 }, outbox: { pollIntervalMs: 100 } };
const QUIET = { lifecycle: { sweeper: false }, outbox: { relay: false } };

/** Two replicas, which differ in when a Powens user is made. */
export interface Replicas {
  readonly webviewFirst: FlowApp;
  readonly serverFirst: FlowApp;
}

/** What all cells of the matrix share. */
export interface UpstreamWorld {
  readonly link: PowensLink;
  /** Ends what the others began: sweeper, relay, and what owners do once all is well. */
  readonly patient: FlowApp;
  /** Meet what is answered, or cut. */
  readonly unhurried: Replicas;
  /** Meet what is silent. */
  readonly hasty: Replicas;
  /** Somebody whose answers the library is given in place of the right ones. */
  readonly stranger: Stranger;
  close(): Promise<void>;
}

/** A Powens user with a bank and a second token. */
export interface Stranger {
  readonly owner: string;
  readonly powensUserId: string;
  readonly powensConnectionId: string;
  readonly token: string;
}

/** Starts one sandbox, one link to it, and five replicas behind the link. */
export async function startUpstreamWorld(): Promise<UpstreamWorld> {
  const base = await startFlowApp({ options: { lifecycle: { sweeper: false }, outbox: { relay: false } } });
  const link = await PowensLink.to(base.sandbox.url);
  const powens = { ...base.sandbox.client, apiUrl: `${link.url}/2.0`, webviewUrl: base.sandbox.url };
  const started: FlowApp[] = [];
  const replica = async (ms: number, options: Partial<ConnectionsModuleOptions>): Promise<FlowApp> => {
    // One app meets all faults, one after the other: a breaker would refuse the calls that they are planted for.
    const limits = { totalTimeoutMs: ms, connectTimeoutMs: ms, circuitBreaker: false as const };
    const app = await startFlowApp({ like: base, options: { ...options, powens: { ...powens, ...limits } } });
    started.unshift(app);
    return app;
  };
  const replicas = async (ms: number): Promise<Replicas> => ({
    webviewFirst: await replica(ms, { ...QUIET, provisioning: 'webview-first' }),
    serverFirst: await replica(ms, { ...QUIET, provisioning: 'server-first' }),
  });
  const patient = await replica(UNHURRIED_MS, { ...BUSY, provisioning: 'server-first' });
  return {
    link,
    patient,
    unhurried: await replicas(UNHURRIED_MS),
    hasty: await replicas(HASTY_MS),
    stranger: await strangerOf(patient),
    close: async () => {
      for (const app of started) await app.stop();
      await link.close();
      await base.close();
    },
  };
}

/** The browser of an owner at another replica: the same person, the same cookies. */
export function sameBrowser(browser: Browser, at: FlowApp): Browser {
  const same = at.browser(browser.user);
  for (const [name, value] of browser.cookies) same.cookies.set(name, value);
  return same;
}

/** Ends what the replica that met the fault still holds, as if the time had passed. */
export async function endLeases(app: FlowApp, owner: string): Promise<void> {
  await sql(app, `UPDATE powens_user SET leased_until = now() WHERE owner_id = $1 AND leased_until > now()`, [
    owner,
  ]);
  await sql(
    app,
    `UPDATE powens_connection SET leased_until = now() WHERE owner_id = $1 AND leased_until > now()`,
    [owner],
  );
}

async function strangerOf(app: FlowApp): Promise<Stranger> {
  const owner = 'a stranger';
  const { connection } = await connected(app, owner);
  const powensUserId = await powensUserIdOf(app, owner);
  const { clientId, clientSecret } = app.sandbox.client;
  const answer = await fetch(`${app.sandbox.url}/2.0/auth/renew`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      id_user: Number(powensUserId),
      revoke_previous: false,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const { powensConnectionId } = connection;
  return { owner, powensUserId, powensConnectionId, token };
}

/** The token that an owner's row gives, or null when there is none that can be used. */
export async function keptToken(app: FlowApp, owner: string): Promise<string | null> {
  try {
    return await app.app.get(ConnectionsService).withToken(owner, (token) => token.use((clear) => clear));
  } catch {
    return null;
  }
}
