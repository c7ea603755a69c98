import { ConnectionsService } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../helpers/database.js';
import type { Browser } from '../../helpers/flow/browser.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, type ConnectionBody } from '../../helpers/flow/lifecycle.js';
import { attemptOf, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import {
  closeTab,
  isAtPowens,
  manage,
  runOut,
  toldOf,
  type Unfinished,
} from '../../helpers/flow/quarantine.js';
import { rounds } from '../../helpers/sweeps.js';

const ROUNDS = rounds(5, 50);

async function later<T>(ms: number, run: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return run();
}

const CONFIRMED = ['connection.unconfirmed', 'connection.created'];
const REMOVED = ['connection.unconfirmed', 'connection.deleted'];

/** Two replicas, whose sweepers hardly ever rest. */
describe.skipIf(!postgresCapabilities().concurrent)('a confirmation and a removal at the same time', () => {
  let first: FlowApp;
  let second: FlowApp;
  const options = {
    lifecycle: { sweepIntervalMs: 10, leaseSeconds: 60 },
    limits: { pendingAttempts: 1000 },
  };

  beforeAll(async () => {
    first = await startFlowApp({ options });
    second = await startFlowApp({ options, like: first });
  });

  afterAll(async () => {
    await second.close();
    await first.close();
  });

  async function putAway(browser: Browser): Promise<Unfinished & { id: string }> {
    const unfinished = await closeTab(first, browser);
    await manage(first, browser, { lateStart: true });
    const [row] = await sql<{ id: string }>(
      first,
      `SELECT id FROM powens_connection WHERE powens_connection_id = $1 AND status = 'unconfirmed'`,
      [unfinished.powensConnectionId],
    );
    return { ...unfinished, id: row?.id ?? '' };
  }

  /** All of it is there, or none of it. */
  async function outcomeOf({
    id,
    powensConnectionId,
  }: Unfinished & { id: string }): Promise<'kept' | 'gone'> {
    await until(() => toldOf([first, second], powensConnectionId).length > 1);
    const told = toldOf([first, second], powensConnectionId).sort().reverse();
    const [row] = await sql(first, 'SELECT status FROM powens_connection WHERE id = $1', [id]);
    if (told.includes('connection.created')) {
      expect(told).toEqual(CONFIRMED);
      expect(row).toEqual({ status: 'active' });
      expect(isAtPowens(first, powensConnectionId)).toBe(true);
      return 'kept';
    }
    expect(told).toEqual(REMOVED);
    expect(row).toEqual({ status: 'deleting' });
    expect(isAtPowens(first, powensConnectionId)).toBe(false);
    return 'gone';
  }

  async function race(
    owner: string,
    confirm: (away: Unfinished & { id: string }, browser: Browser) => Promise<'kept' | 'gone'>,
  ): Promise<void> {
    const { browser }: { browser: Browser; connection: ConnectionBody } = await connected(first, owner);
    const tally = { kept: 0, gone: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const away = await putAway(browser);
      // Sometimes the one begins earlier, sometimes the other.
      const lead = (round % 5) * 4;
      const [answered] = await Promise.all([
        later(round % 2 === 0 ? lead : 0, async () => confirm(away, browser)),
        later(round % 2 === 0 ? 0 : lead, async () => runOut(first, away.id)),
      ]);
      const outcome = await outcomeOf(away);
      expect(answered).toBe(outcome);
      tally[outcome] += 1;
    }
    expect(tally.kept + tally.gone).toBe(ROUNDS);
    process.stdout.write(`${owner}: ${tally.kept} confirmed, ${tally.gone} removed\n`);
  }

  it(`should end ${ROUNDS} rounds with a callback in one of the two, never half [OA-31]`, async () => {
    await race('by-callback', async ({ callback, attemptId }, browser) => {
      await browser.get(callback);
      const { status, error } = await attemptOf(browser, attemptId);
      if (status !== 'connected') {
        expect({ status, error }).toEqual({ status: 'failed', error: 'connection_not_found' });
      }
      return status === 'connected' ? 'kept' : 'gone';
    });
  });

  it(`should end ${ROUNDS} rounds with a confirmation by the host in one of the two, never half [OA-31]`, async () => {
    await race('by-host', async ({ id }) => {
      try {
        await second.app.get(ConnectionsService).confirm('by-host', id);
        return 'kept';
      } catch (error) {
        expect(error).toMatchObject({ code: 'not_found' });
        return 'gone';
      }
    });
  });

  it(`should confirm once in ${ROUNDS} rounds of a callback beside a confirmation by the host [OA-31]`, async () => {
    const { browser } = await connected(first, 'both');
    for (let round = 0; round < ROUNDS; round += 1) {
      const away = await putAway(browser);
      await Promise.all([
        browser.get(away.callback),
        second.app.get(ConnectionsService).confirm('both', away.id),
      ]);
      expect(await attemptOf(browser, away.attemptId)).toMatchObject({
        status: 'connected',
        connectionIds: [away.id],
      });
      expect(await outcomeOf(away)).toBe('kept');
    }
  });
});
