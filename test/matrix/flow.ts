import { Browser } from '../helpers/flow/browser.js';
import { admin, connected } from '../helpers/flow/lifecycle.js';
import { until } from '../helpers/until.js';
import type { Running } from './commands.js';

/** An application under test, and the sandbox that it talks to. */
export interface Site {
  readonly url: string;
  readonly application: Running;
  readonly sandbox: { readonly url: string };
  readonly secret: string;
}

const OWNER = 'alice';

/** What a handler of the application printed. */
async function event(site: Site, type: string): Promise<void> {
  await until(() => site.application.output.includes(`EVENT ${type} ${OWNER}`));
}

/** As an operator does in the console of Powens. A connect is followed by a synchronisation, and that by its webhook. */
async function registerWebhook(site: Site): Promise<void> {
  const url = `${site.url.replace('localhost', '127.0.0.1')}/connections/webhooks/connection-synced`;
  const auth = { type: 'hmac_signature', secret: site.secret };
  await admin(site as never, 'webhooks', { event: 'CONNECTION_SYNCED', url, auth });
}

/** Connects a bank, receives a webhook, hears the events, and deletes. */
export async function connectAndDelete(site: Site): Promise<void> {
  const people = { sandbox: site.sandbox, browser: (user: string | null) => new Browser(site.url, user) };
  await registerWebhook(site);
  const { browser, connection } = await connected(people as never, OWNER);
  await event(site, 'connection.created');
  await event(site, 'connection.synced');
  const deleted = await browser.send('DELETE', `/connections/${connection.id}`, {});
  if (![202, 204].includes(deleted.status)) {
    throw new Error(`the deletion answered ${deleted.status}: ${deleted.text}`);
  }
  await event(site, 'connection.deleted');
  await until(async () => !(await isAtPowens(site, connection.powensConnectionId)));
}

/** The same, and stops the application. */
export async function runFlow(site: Site): Promise<void> {
  await connectAndDelete(site);
  const code = await site.application.stop();
  if (code !== 0) {
    throw new Error(`the application ended with ${code}:\n${site.application.output}`);
  }
}

async function isAtPowens({ sandbox }: Site, id: string): Promise<boolean> {
  const ledger = (await (await fetch(`${sandbox.url}/sandbox/ledger`)).json()) as {
    connections: { id: number; deleted: boolean }[];
  };
  return ledger.connections.some((one) => String(one.id) === id && !one.deleted);
}
