import { ConnectionsService, PowensService, type TokenUse } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../helpers/flow/flow-app.js';
import { connectedOwner } from '../helpers/flow/observe.js';
import { until } from '../helpers/flow/person.js';
import { failureOf } from '../helpers/flow/upstream.js';

const uses: TokenUse[] = [];
const audit = (use: TokenUse): void => {
  uses.push(use);
};

let app: FlowApp;

beforeAll(async () => {
  app = await startFlowApp({ options: { audit } });
  await connectedOwner(app, 'alice');
});

afterAll(async () => {
  await app.close();
});

describe('the audit hook', () => {
  it('should be told of every use of a token, and never of the token [L5]', async () => {
    const alice = app.app.get(PowensService).forOwner('alice');
    uses.length = 0;
    const [account] = await alice.accounts();
    await alice.transactions({ accountId: account?.id ?? '', limit: 40 }).all();
    await alice.get('/users/me');
    const connections = app.app.get(ConnectionsService);
    const token = await connections.withToken(
      'alice',
      (lent) => lent.use((clear) => clear),
      'monthly report',
    );
    await connections.withToken('alice', () => undefined);
    await failureOf(connections.withToken('nobody', () => undefined, 'curiosity'));
    const told = uses.map(({ ownerId, operation, outcome }) => [ownerId, operation, outcome].join(' '));
    expect(told).toEqual([
      'alice GET /users/me/accounts ok',
      // Once more for the transactions: which of them are of a connection in use (OA-31).
      'alice GET /users/me/accounts ok',
      'alice GET /users/me/accounts/{id}/transactions ok',
      'alice GET /users/me/accounts/{id}/transactions ok',
      'alice GET /users/me ok',
      'alice monthly report ok',
      'alice withToken ok',
      'nobody curiosity not_connected',
    ]);
    expect(uses.every(({ at, tenant }) => tenant === '' && !Number.isNaN(Date.parse(at)))).toBe(true);
    expect(JSON.stringify(uses)).not.toContain(token);
  });

  it('should break nothing when it throws', async () => {
    const hook = (): never => {
      throw new Error('the audit database is away');
    };
    const other = await startFlowApp({ like: app, options: { audit: hook } });
    try {
      const client = other.app.get(PowensService).forOwner('alice');
      expect((await client.accounts()).length).toBeGreaterThan(0);
      await until(() => other.logger.lines.some((line) => line.includes('The audit hook failed')));
    } finally {
      await other.close();
    }
  });
});
