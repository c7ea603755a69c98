import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callFor } from './changes.js';
import { ReferenceClient, ROUTES } from './client/reference-client.js';
import type { Route } from './client/route.js';
import { ContractWorld } from './contract-world.js';
import { patternOf, sandboxRoutes } from './sandbox-routes.js';

/** These end what the others need. */
const LAST = ['DELETE /webhooks', 'DELETE /auth/token', 'DELETE /users/{user}'];

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const NAMED = ROUTES.map((route) => ({ route, name: nameOf(route) }));
const READS = NAMED.filter(({ name, route }) => route.method === 'GET' && !name.startsWith('GET /webauth'));
const OTHERS = NAMED.filter(({ name }) => !READS.some((read) => read.name === name) && !LAST.includes(name));

describe('a client of the public reference alone', () => {
  let world: ContractWorld;
  beforeAll(async () => {
    world = await ContractWorld.start();
  });
  afterAll(() => world.sandbox.close());

  it('should know every route that the sandbox serves, and no other', () => {
    expect([...new Set(NAMED.map(({ name }) => patternOf(name)))].sort()).toEqual(sandboxRoutes());
  });

  it.each(READS)('should read $name', async ({ name, route }) => {
    await expect(world.client.call(name, world.callOf(route))).resolves.toBeDefined();
  });

  it.each(OTHERS)('should call $name', async ({ name }) => {
    const call = await callFor(name, world);
    expect(call, 'nothing says how to call it').toBeDefined();
    await expect(world.client.call(name, call)).resolves.toBeDefined();
  });

  it('should read what was changed as the reference says, too', async () => {
    const { client, ids } = world;
    await world.admin(`transactions/${ids['transaction']}`, { deleted: true });
    const transactions = await world.rows('GET /transactions', 'transactions', {
      query: { limit: '1000', all: '', deleted: 'true' },
    });
    expect(transactions.map(({ deleted }) => deleted)).not.toContain(null);
    await expect(client.call('GET /clients/{client}', { path: ids })).resolves.toMatchObject({
      primary_color: '1A2B3C',
    });
    const connection = await world.connect(61);
    await world.admin(`connections/${connection}`, { state: 'wrongpass', errorMessage: 'Refused' });
    await expect(
      client.call('GET /connections/{connection}', { path: { connection } }),
    ).resolves.toMatchObject({
      ...{ state: 'wrongpass', error_message: 'Refused' },
    });
  });

  it('should find a row in every list of the user, so that each shape was compared with one', async () => {
    const empty = ['connectorlogos', 'bank_category', 'connectionlogs'];
    for (const { name, route } of READS.filter(({ route: { path } }) => !path.endsWith('}'))) {
      const answer = await world.client.call(name, world.callOf(route));
      const lists = Object.entries(answer).filter(([, value]) => Array.isArray(value) && value.length === 0);
      const keys = lists.map(([key]) => key).filter((key) => !empty.includes(key) && key !== 'calculated');
      const scopedByAccount = name.includes('/{account}/');
      expect(scopedByAccount || name.includes('/{transaction}/') ? [] : keys, name).toEqual([]);
    }
  });

  it('should end a webhook, a token and a user last, and have called every route', async () => {
    await world.client.call('DELETE /webhooks');
    const user = new ReferenceClient(world.sandbox.url, { user: world.token });
    const { code } = await user.call('GET /auth/token/code');
    const renewed = await user.call('POST /auth/token/access', { body: { ...world.credentials, code } });
    await user.call('DELETE /auth/token');
    const other = new ReferenceClient(world.sandbox.url, { user: String(renewed['access_token']) });
    await other.call('DELETE /users/{user}');
    const called = new Set([...world.client.called, ...user.called, ...other.called]);
    expect(NAMED.map(({ name }) => name).filter((name) => !called.has(name))).toEqual([]);
  });
});
