import { ConnectionsService, type AuditEntry } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, connectionsOf, eventOf, type ConnectionBody } from '../../helpers/flow/lifecycle.js';
import { clearFaults, plant, sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';
import { isAtPowens } from '../../helpers/flow/quarantine.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

const AWAY = {
  kind: 'status',
  method: 'DELETE',
  path: '/users/me/connections/*',
  status: 503,
  times: 1000,
} as const;

/** What somebody with write access makes of a row whose deletion the owner did not ask for. `$1` is its id. */
const INTENTS = [
  `status = 'deleting', removal_reason = 'requested', leased_until = now()`,
  `status = 'deleting', removal_reason = 'unconfirmed', leased_until = now()`,
  `status = 'deleting', removal_reason = 'requested', leased_until = now(), removal_authenticator = authenticator`,
  `status = 'unconfirmed', unconfirmed_since = now(), remove_at = now()`,
  `status = 'unconfirmed', unconfirmed_since = now(), remove_at = now(), removal_authenticator = authenticator`,
  `status = 'unconfirmed', unconfirmed_since = now(), remove_at = now(), removal_authenticator = 'ca1'`,
] as const;

/** The columns that say which bank a row stands for, as those of the other row were. */
const SWAPS = [
  `powens_connection_id = $2`,
  `powens_connection_id = $2, authenticator = $3`,
  `powens_connection_id = $2, authenticator = $3, removal_authenticator = $4`,
] as const;

describe('a row of powens_connection that was edited from outside', () => {
  let app: FlowApp;
  let serial = 0;
  const entries: AuditEntry[] = [];

  beforeAll(async () => {
    const audit = (entry: AuditEntry): void => {
      entries.push(entry);
    };
    app = await startFlowApp({
      options: { audit, lifecycle: { sweepIntervalMs: 50, leaseSeconds: 3 } },
    });
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await app.close();
  });

  /** An owner of two banks. */
  async function ownerOfTwo(): Promise<{ owner: string; own: ConnectionBody; other: ConnectionBody }> {
    const owner = `owner ${(serial += 1)}`;
    const { browser } = await connected(app, owner);
    await connect(app, browser);
    const [own, other] = await connectionsOf(browser);
    if (own === undefined || other === undefined) throw new Error('two banks were not connected');
    return { owner, own, other };
  }

  /** Puts the bank of the other row into the own one; the unique key makes the other one give it up first. */
  async function swap(own: ConnectionBody, other: ConnectionBody, change: string): Promise<void> {
    const [row] = await sql<{ authenticator: string; removal_authenticator: string | null }>(
      app,
      'SELECT authenticator, removal_authenticator FROM powens_connection WHERE id = $1',
      [other.id],
    );
    await sql(app, `UPDATE powens_connection SET powens_connection_id = '999' || $2 WHERE id = $1`, [
      other.id,
      other.powensConnectionId,
    ]);
    const values = [own.id, other.powensConnectionId, row?.authenticator, row?.removal_authenticator ?? null];
    const named = values.slice(0, change.includes('$4') ? 4 : change.includes('$3') ? 3 : 2);
    await sql(app, `UPDATE powens_connection SET ${change} WHERE id = $1`, named);
  }

  const isThere = (...banks: ConnectionBody[]): boolean[] =>
    banks.map(({ powensConnectionId }) => isAtPowens(app, powensConnectionId));

  const isReported = (id: string): boolean =>
    app.logger.lines.some((line) => line.includes(`SECURITY: Row ${id} of powens_connection`));

  const recordedOf = (id: string): unknown[] =>
    entries
      .filter(({ connectionId, operation }) => connectionId === id && operation === 'connection.delete')
      .map(({ initiator, outcome }) => `${initiator} ${outcome}`);

  it.each(SWAPS)(
    'should not delete another bank of the same Powens user that was written into it, when the owner deletes it: %s [N3, TC-27]',
    async (change) => {
      const { owner, own, other } = await ownerOfTwo();
      await swap(own, other, change);
      const refusal = await failureOf(app.app.get(ConnectionsService).delete(owner, own.id));
      expect(refusal).toMatchObject({ code: 'token_tampered' });
      expect(isThere(own, other)).toEqual([true, true]);
      expect(isReported(own.id)).toBe(true);
      expect(recordedOf(own.id)).toEqual(['application token_tampered']);
      // Left as it is: it is evidence, and a person may put it right.
      expect(await sql(app, 'SELECT status FROM powens_connection WHERE id = $1', [own.id])).toEqual([
        { status: 'active' },
      ]);
    },
  );

  it('should not delete another bank that was written into it while its deletion was under way [N3, TC-27]', async () => {
    const { owner, own, other } = await ownerOfTwo();
    await plant(app, AWAY);
    expect(await failureOf(app.app.get(ConnectionsService).delete(owner, own.id))).toMatchObject({
      code: 'powens_failed',
    });
    await swap(own, other, SWAPS[0]);
    await clearFaults(app);
    await until(() => isReported(own.id));
    expect(isThere(own, other)).toEqual([true, true]);
    // Put right, it goes on: what its owner asked for was authorized then.
    await sql(
      app,
      'UPDATE powens_connection SET powens_connection_id = $2, leased_until = now() WHERE id = $1',
      [own.id, own.powensConnectionId],
    );
    await eventOf(app, owner, 'connection.deleted');
    expect(isThere(own, other)).toEqual([false, true]);
  });

  it.each(INTENTS)('should not delete a bank because of an edited row: %s [N3, TC-27]', async (change) => {
    const { own, other } = await ownerOfTwo();
    await sql(app, `UPDATE powens_connection SET ${change} WHERE id = $1`, [own.id]);
    await until(() => isReported(own.id));
    expect(isThere(own, other)).toEqual([true, true]);
    await until(() => recordedOf(own.id).length > 0);
    expect(recordedOf(own.id)).toEqual(['background token_tampered']);
  });
});
