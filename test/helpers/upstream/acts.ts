import { ConnectionsService, ReconciliationService } from 'nestjs-powens-connections';
import type { Browser } from '../flow/browser.js';
import { advance, connected, type Connected } from '../flow/lifecycle.js';
import { attemptOf, returning, sql, without } from '../flow/observe.js';
import { connect, start, until, visitWebview, type Started } from '../flow/person.js';
import { revokeAtPowens } from './upstream.js';
import { sameBrowser, type Replicas, type UpstreamWorld } from './world.js';

/** What an owner, or the host, is about to do. */
export interface Act {
  /** Does it on a replica that meets the fault. @returns the status of the answer, or the code of the error */
  run(at: Replicas): Promise<number | string>;
  /** What the same person does once all is well. @default nothing */
  goOn?(): Promise<void>;
  /** Ids at Powens of the banks that must be in use in the end. */
  readonly banks: string[];
  /** Ids at Powens of the banks that the owner gave up. */
  readonly givenUp?: readonly string[];
  /** The attempt that it is a part of. */
  readonly attempt?: { readonly browser: Browser; readonly id: string };
}

/** Leads up to an act; nothing is wrong yet. */
export type BeginAct = (world: UpstreamWorld, owner: string) => Promise<Act>;

/** The bank that a callback names. */
export function bankOf(url: string): string {
  return new URL(url, 'http://localhost').searchParams.get('connection_id') ?? '';
}

/** A new owner comes back with a code. */
export const firstCallback: BeginAct = async (world, owner) => {
  const { browser, started, callback: url } = await returning(world.unhurried.webviewFirst, owner);
  return callback(world, { browser, id: started.attemptId, url }, [bankOf(url)]);
};

/** A new owner comes back with a code, and the callback names no bank. */
export const namelessCallback: BeginAct = async (world, owner) => {
  const { browser, started, callback: url } = await returning(world.unhurried.webviewFirst, owner);
  const at = { browser, id: started.attemptId, url: without(url, 'connection_id') };
  return callback(world, at, [bankOf(url)]);
};

/** A known owner comes back with another bank. */
export const nextCallback: BeginAct = async (world, owner) => {
  const { browser, connection } = await connected(world.patient, owner);
  const started = await start(browser);
  const url = await visitWebview(world.patient, started.url);
  const banks = [connection.powensConnectionId, bankOf(url)];
  return callback(world, { browser, id: started.attemptId, url }, banks);
};

/** A known owner comes back from a reconnect. */
export const reconnectCallback: BeginAct = async (world, owner) => {
  const { browser, connection } = await connected(world.patient, owner);
  const { id, url } = await opened(browser, `/connections/${connection.id}/reconnect`);
  const back = await visitWebview(world.patient, url);
  return callback(world, { browser, id, url: back }, [connection.powensConnectionId]);
};

/** A known owner comes back from the manage page, where another bank was connected. */
export const manageCallback: BeginAct = async (world, owner) => {
  const { browser, connection } = await connected(world.patient, owner);
  const { id, url } = await opened(browser, '/connections/manage');
  const back = await visitWebview(world.patient, url, { connections: 1 });
  const made = world.patient.sandbox.ledger().connections.at(-1);
  return callback(world, { browser, id, url: back }, [connection.powensConnectionId, String(made?.id)]);
};

/** A new owner starts, and is given a Powens user first. */
export const firstStart: BeginAct = async (world, owner) => {
  const banks: string[] = [];
  return Promise.resolve({
    banks,
    run: async ({ serverFirst }) => (await serverFirst.browser(owner).post('/connections/connect')).status,
    goOn: async () => connectAnother(world, world.patient.browser(owner), banks),
  });
};

/** A known owner starts once more. */
export const nextStart: BeginAct = async (world, owner) =>
  starting(world, await connected(world.patient, owner));

/** A known owner starts whose token is dead. */
export const startAfterRevocation: BeginAct = async (world, owner) => {
  const known = await connected(world.patient, owner);
  await revokeAtPowens(world.patient, owner);
  return starting(world, known);
};

/** The host compares an owner. */
export const comparison: BeginAct = async (world, owner) => {
  const { connection } = await connected(world.patient, owner);
  const run = async ({ webviewFirst }: Replicas): Promise<string> =>
    codeOf(webviewFirst.app.get(ReconciliationService).reconcile(owner));
  return { banks: [connection.powensConnectionId], run };
};

/** An owner synchronises. */
export const synchronisation: BeginAct = async (world, owner) => {
  const { browser, connection } = await connected(world.patient, owner);
  await advance(world.patient, 120);
  const run = async ({ webviewFirst }: Replicas): Promise<number> =>
    (await sameBrowser(browser, webviewFirst).post(`/connections/${connection.id}/sync`)).status;
  return { banks: [connection.powensConnectionId], run };
};

/** An owner deletes a connection. */
export const deletion: BeginAct = async (world, owner) =>
  deleting(world, owner, ({ connection: { id } }) => id);

/** An owner is erased. */
export const erasure: BeginAct = async (world, owner) => deleting(world, owner, () => 'me');

/** The host revokes a token. */
export const revocation: BeginAct = async (world, owner) => {
  const { connection } = await connected(world.patient, owner);
  return {
    banks: [connection.powensConnectionId],
    run: async ({ webviewFirst }) => codeOf(webviewFirst.app.get(ConnectionsService).revokeToken(owner)),
    goOn: async () =>
      until(async () => {
        const open = `SELECT 1 FROM powens_user WHERE owner_id = $1 AND status <> 'revoked'`;
        return (await sql(world.patient, open, [owner])).length === 0;
      }),
  };
};

/** Comes back from the webview to the replica that meets the fault, then reloads until the attempt is over. */
function callback(
  world: UpstreamWorld,
  { browser, id, url }: { browser: Browser; id: string; url: string },
  banks: string[],
): Act {
  const same = sameBrowser(browser, world.patient);
  return {
    banks,
    attempt: { browser: same, id },
    run: async ({ webviewFirst }) => (await sameBrowser(browser, webviewFirst).get(url)).status,
    goOn: async () =>
      until(async () => {
        await same.get(url);
        return !['pending', 'claimed'].includes((await attemptOf(same, id)).status);
      }),
  };
}

function starting(world: UpstreamWorld, { browser, connection }: Connected): Act {
  const banks = [connection.powensConnectionId];
  return {
    banks,
    run: async ({ webviewFirst }) =>
      (await sameBrowser(browser, webviewFirst).post('/connections/connect')).status,
    goOn: async () => connectAnother(world, browser, banks),
  };
}

async function deleting(
  world: UpstreamWorld,
  owner: string,
  which: (known: Connected) => string,
): Promise<Act> {
  const known = await connected(world.patient, owner);
  return {
    banks: [],
    givenUp: [known.connection.powensConnectionId],
    run: async ({ webviewFirst }) =>
      (await sameBrowser(known.browser, webviewFirst).send('DELETE', `/connections/${which(known)}`, {}))
        .status,
  };
}

/** Connects another bank, which must be in use from then on. */
async function connectAnother({ patient }: UpstreamWorld, browser: Browser, banks: string[]): Promise<void> {
  const { callback: url, landed } = await tryAgainLater(async () => connect(patient, browser));
  if (landed.status !== 303) throw new Error(`the owner cannot go on: ${landed.status} ${landed.text}`);
  banks.push(bankOf(url));
}

/** As a person does who reads "Try again later": the sweeper may renew the same token at this moment. */
async function tryAgainLater<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      const isLater = error instanceof Error && /answered 50[23]: .*Try again later/.test(error.message);
      if (!isLater || tries === 3) throw error;
    }
  }
}

async function opened(browser: Browser, path: string): Promise<{ id: string; url: string }> {
  const { url, attemptId } = (await browser.post(path)).json<Started & Record<string, unknown>>();
  return { id: attemptId, url };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => String((error as { code?: unknown }).code),
  );
}
