import { startPowensSandbox, type PowensSandbox } from 'powens-sandbox';
import { digestOf, evidenceOf } from '../invariants/evidence.js';
import type { Violation } from '../invariants/invariants.js';
import type { World } from '../world.js';

/** Another client application's domain, with as many people and banks, and the same numbers for them. */
export async function startStrangers(owners: number): Promise<PowensSandbox> {
  const sandbox = await startPowensSandbox();
  // A user without a bank comes first, so that a number of a user and a number of a bank never agree with ours.
  await post(sandbox, '/2.0/auth/init', {});
  for (let index = 0; index < owners * 2; index += 1) await connectStranger(sandbox);
  return sandbox;
}

/** Tokens that the other environment gave out are strangers'; what is deleted there is strangers', too. */
export async function takenFromStrangers(world: World, strangers: PowensSandbox): Promise<Violation[]> {
  const { tokens, users, connections } = strangers.ledger();
  const strange = new Set(tokens.map(({ token }) => digestOf(token)));
  const { tokens: kept } = await evidenceOf(world);
  const deleted = [...users, ...connections].filter((one) => one.deleted);
  return [
    ...[...kept]
      .filter(([, digest]) => digest !== null && strange.has(digest))
      .map(([owner]) => `${owner} has a token of the other environment`),
    ...deleted.map(({ id }) => `${id} of the other environment was deleted`),
  ].map((what) => ({ invariant: 'nobody gets what is a stranger’s', what }));
}

async function connectStranger(sandbox: PowensSandbox): Promise<void> {
  const { domain, clientId } = sandbox.client;
  const url = new URL('/en/connect', sandbox.url);
  const redirectUri = 'http://127.0.0.1:3999/callback';
  url.search = new URLSearchParams({ domain, client_id: clientId, redirect_uri: redirectUri }).toString();
  const { location } = await post<{ location: string }>(sandbox, '/sandbox/webview', { url: url.href });
  // As the provider writes it: a `+` in a code is a plus.
  const code = new URLSearchParams(new URL(location).search.replaceAll('+', '%2B')).get('code');
  await post(sandbox, '/2.0/auth/token/access', { code, redirect_uri: redirectUri });
}

async function post<Body>({ url, client }: PowensSandbox, path: string, body: object): Promise<Body> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: client.clientId, client_secret: client.clientSecret, ...body }),
  });
  if (!answer.ok) throw new Error(`no strangers: ${path} was answered ${answer.status}`);
  return (await answer.json()) as Body;
}
