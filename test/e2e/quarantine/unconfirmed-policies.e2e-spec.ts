import type { ConnectionsModuleOptions } from 'nestjs-powens-connections';
import { afterEach, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, connectionsOf, endLeases, eventOf } from '../../helpers/flow/lifecycle.js';
import { attemptOf, clearFaults, plant } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { closeTab, isAtPowens, manage, quarantined, toldOf } from '../../helpers/flow/quarantine.js';

const SWEEPING = { sweepIntervalMs: 100 };

describe('option unconfirmedConnections', () => {
  let app: FlowApp;
  const launch = async (options: Partial<ConnectionsModuleOptions>): Promise<void> => {
    app = await startFlowApp({ options });
  };
  const warnings = (): string[] => app.logger.lines.filter((line) => line.includes('unconfirmedConnections'));

  afterEach(async () => {
    await app.close();
  });

  it('should take a bank for the owner’s at once with keep, and say so at boot [OA-31]', async () => {
    await launch({ unconfirmedConnections: 'keep' });
    const { browser } = await connected(app, 'kept');
    const { powensConnectionId } = await closeTab(app, browser);
    const { attemptId } = await manage(app, browser, { lateStart: true });
    expect((await attemptOf(browser, attemptId)).connectionIds).toHaveLength(1);
    expect((await connectionsOf(browser)).map((one) => one.powensConnectionId)).toContain(powensConnectionId);
    await until(() => toldOf([app], powensConnectionId).length > 0);
    expect(toldOf([app], powensConnectionId)).toEqual(['connection.created']);
    expect(warnings()).toEqual([expect.stringContaining(`'keep'`)]);
  });

  it('should remove a bank as soon as it is seen with delete, without waiting for a sweeper, and say so at boot [OA-31]', async () => {
    await launch({ unconfirmedConnections: 'delete', lifecycle: { sweeper: false } });
    const before = Date.now();
    const { browser, connection, powensConnectionId, told } = await quarantined(app, 'away');
    expect(isAtPowens(app, powensConnectionId)).toBe(false);
    expect(isAtPowens(app, connection.powensConnectionId)).toBe(true);
    expect(await eventOf(app, 'away', 'connection.deleted')).toMatchObject({
      connectionId: told.connectionId,
      data: { reason: 'unconfirmed' },
    });
    expect(toldOf([app], powensConnectionId)).toEqual(['connection.unconfirmed', 'connection.deleted']);
    const { removeAt } = told.data as { removeAt: string };
    expect(new Date(removeAt).getTime()).toBeGreaterThanOrEqual(before - 1000);
    expect(new Date(removeAt).getTime()).toBeLessThanOrEqual(Date.now() + 1000);
    expect((await connectionsOf(browser)).map(({ id }) => id)).toEqual([connection.id]);
    expect(warnings()).toEqual([expect.stringContaining(`'delete'`)]);
  });

  it('should let the sweeper go on where Powens was away, and the callback end well meanwhile', async () => {
    await launch({ unconfirmedConnections: 'delete', lifecycle: SWEEPING });
    const { browser } = await connected(app, 'patient');
    const { powensConnectionId } = await closeTab(app, browser);
    await plant(app, {
      kind: 'status',
      method: 'DELETE',
      path: '/users/me/connections/*',
      status: 503,
      times: 9,
    });
    const { attemptId, landed } = await manage(app, browser, { lateStart: true });
    expect(landed.status).toBe(303);
    expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected' });
    expect(isAtPowens(app, powensConnectionId)).toBe(true);
    await clearFaults(app);
    await endLeases(app);
    await until(() => !isAtPowens(app, powensConnectionId));
    expect(await eventOf(app, 'patient', 'connection.deleted')).toMatchObject({
      data: { reason: 'unconfirmed' },
    });
  });

  it('should be quarantine, without a word, when nothing is said', async () => {
    await launch({ lifecycle: { unconfirmedRemovalHours: 1, sweeper: false } });
    const before = Date.now();
    const { told } = await quarantined(app, 'usual');
    const { removeAt } = told.data as { removeAt: string };
    const minutesAfter = (time: number): number => (new Date(removeAt).getTime() - time) / 60_000;
    expect(minutesAfter(before)).toBeGreaterThan(59);
    expect(minutesAfter(Date.now())).toBeLessThan(61);
    expect(warnings()).toEqual([]);
  });
});
