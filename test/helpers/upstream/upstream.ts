import { ConnectionsService } from 'nestjs-powens-connections';
import type { FlowApp } from '../flow/flow-app.js';
import { outbound, plant } from '../flow/observe.js';

/** Lets the sandbox answer a path with a body of the test's. */
export async function answerWith(
  app: FlowApp,
  path: string,
  body: unknown,
  { times = 1, status = 200 }: { times?: number; status?: number } = {},
): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await plant(app, { kind: 'status', status, headers, path, body, times });
}

/** A first call looks whose user it is and leaves other tokens alone, the second replaces them. */
export const CALLS_PER_RENEWAL = 2;

/** Calls for a renewal that the sandbox was sent. */
export function renewals(app: FlowApp): number {
  return outbound(app).filter(({ path }) => path.endsWith('/auth/renew')).length;
}

/** An owner's token, in the clear. */
export async function clearTokenOf(app: FlowApp, owner: string): Promise<string> {
  return app.app.get(ConnectionsService).withToken(owner, (token) => token.use((clear) => clear));
}

/** Revokes an owner's token behind the library's back, through the provider's own API. */
export async function revokeAtPowens(app: FlowApp, owner: string): Promise<void> {
  const authorization = `Bearer ${await clearTokenOf(app, owner)}`;
  const response = await fetch(`${app.sandbox.url}/2.0/auth/token`, {
    method: 'DELETE',
    headers: { authorization },
  });
  if (response.status !== 204) throw new Error(`the token was not revoked: ${response.status}`);
}

/** What a promise is rejected with; fails when it is not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (reason: unknown) => ({ reason }),
  );
  if ('reason' in outcome) return outcome.reason;
  throw new Error(`expected a failure, got ${JSON.stringify(outcome.value)}`);
}
