import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebhookEventName } from 'powens-sandbox';
import { EVENTS } from './client/objects/events.js';
import { ContractWorld } from './contract-world.js';

/** Known to the provider, and described nowhere. */
const WITHOUT_BODY = ['PAYMENT_STATE_UPDATED', 'TRANSACTIONS_CLUSTERED', 'CONNECTION_CERTIFICATE_AVAILABLE'];

const NAMES = Object.keys(EVENTS) as WebhookEventName[];

describe('bodies of webhooks', () => {
  let world: ContractWorld;
  const bodies = new Map<string, unknown[]>();
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const event = (request.url ?? '/').slice(1);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      bodies.set(event, [...(bodies.get(event) ?? []), body]);
      response.end();
    });
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    world = await ContractWorld.start();
    // One of them is never acknowledged.
    await world.client.call('DELETE /webhooks');
    for (const event of NAMES) {
      world.sandbox.webhooks.register({ event, url: `http://127.0.0.1:${port}/${event}` });
    }
    await live();
    await world.sandbox.webhooks.idle();
  });
  afterAll(async () => {
    await world.sandbox.close();
    receiver.close();
  });

  /** A user comes, connects banks, one of which fails, takes consents back and goes. */
  async function live(): Promise<void> {
    const { client, sandbox } = world;
    const wealth = await world.connect(67);
    await world.connect(40);
    await world.connect(81);
    const [account] = await world.rows('GET /connections/{connection}/accounts', 'accounts', {
      path: { connection: wealth },
    });
    const path = { account: account?.id ?? 0 };
    await client.call('POST /accounts/{account}', { path, body: { disabled: true } });
    await world.admin(`connections/${wealth}`, { state: 'wrongpass', errorMessage: 'Refused' });
    await sandbox.webhooks.deliver({ event: 'USER_SYNCED', idConnection: wealth });
    const made = await client.call('POST /auth/init', { body: world.credentials });
    await fetch(`${sandbox.url}/2.0/users/${String(made['id_user'])}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${String(made['auth_token'])}` },
    });
    await client.call('DELETE /connections/{connection}', { path: { connection: wealth } });
  }

  it.each(NAMES)('should be as the reference says: %s', (event) => {
    const found = bodies.get(event) ?? [];
    expect(found.length).toBeGreaterThan(0);
    expect(found.flatMap((body) => EVENTS[event]?.problems(body, event) ?? [])).toEqual([]);
  });

  it('should name a failed synchronisation by its state, with the accounts that are known', () => {
    const states = (bodies.get('CONNECTION_SYNCED') ?? []).map((body) => {
      const { connection } = body as { connection: { state: string | null; accounts: unknown[] } };
      return { state: connection.state, hasAccounts: connection.accounts.length > 0 };
    });
    expect(states).toContainEqual({ state: 'wrongpass', hasAccounts: true });
    expect(states).toContainEqual({ state: null, hasAccounts: true });
  });

  it('should be of every event that can be registered, but for those that nothing describes', async () => {
    const events = await world.rows('GET /webhooks_events', 'webhooks_events');
    expect(events.map(({ name }) => name).sort()).toEqual([...NAMES, ...WITHOUT_BODY].sort());
    for (const event of WITHOUT_BODY) {
      const body = { event, url: 'http://127.0.0.1:9/never' };
      await expect(world.client.call('POST /webhooks', { body })).resolves.toMatchObject({ event });
    }
  });
});
