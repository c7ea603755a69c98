import { ReconciliationService, type ConnectionsModuleOptions } from 'nestjs-powens-connections';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import {
  atPowens,
  compareAll,
  inventory,
  MASS_LOSSES,
  mayTakeAway,
  type Inventory,
} from '../../helpers/upstream/mass-loss.js';
import { sql } from '../../helpers/flow/observe.js';
import { connect } from '../../helpers/flow/person.js';
import { startPowensProxy, type PowensProxy } from '../../helpers/upstream/powens-proxy.js';
import { sample } from '../../helpers/sweeps.js';

const OWNERS = Array.from({ length: 9 }, (_, index) => `owner-${index}`);
const LIMIT = 3;
const LIVES = 3;

/** How the looks are made: each takes them from the same database, and none remembers what another one did. */
const TOPOLOGIES: Readonly<Record<string, (start: () => Promise<FlowApp>) => Promise<void>>> = {
  'one process': async (start) => {
    const app = await start();
    for (let round = 0; round < 2; round += 1) await compareAll(app, OWNERS);
    await app.stop();
  },
  'three processes': async (start) => {
    const apps = [await start(), await start(), await start()];
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(
        apps.map(async (app, index) => {
          const first = index * LIMIT;
          await compareAll(app, [...OWNERS.slice(first), ...OWNERS.slice(0, first)]);
        }),
      );
    }
    await Promise.all(apps.map(async (app) => app.stop()));
  },
  'a process that dies again and again': async (start) => {
    for (let life = 0; life < LIVES; life += 1) {
      const app = await start();
      await compareAll(app, OWNERS);
      await app.stop();
    }
  },
};

const WAYS = Object.entries(TOPOLOGIES);
/** Played to all of them, the others to one process; the sweeps do all. */
const [FIRST] = Object.keys(MASS_LOSSES);

describe('Powens no longer finds what everybody connected [N1, N4, N5]', () => {
  let app: FlowApp;
  let proxy: PowensProxy;
  let before: Inventory;

  const options = (): Partial<ConnectionsModuleOptions> => ({
    powens: {
      ...app.sandbox.client,
      apiUrl: `${proxy.url}/2.0`,
      webviewUrl: app.sandbox.url,
      totalTimeoutMs: 10_000,
    },
    lifecycle: { sweepIntervalMs: 100 },
    losses: { confirmAfterHours: 0.0000001 },
  });

  const start = async (): Promise<FlowApp> => startFlowApp({ like: app, options: options() });

  beforeAll(async () => {
    app = await startFlowApp({ options: { lifecycle: { sweeper: false }, outbox: { relay: false } } });
    proxy = await startPowensProxy(app.sandbox.url);
    // Who they are is bound to the address of the API: they connect through the proxy, too.
    const maker = await start();
    for (const owner of OWNERS) {
      const { browser } = await connected(maker, owner);
      if (owner < 'owner-3') await connect(maker, browser);
    }
    await maker.stop();
    before = await inventory(app);
    expect(before.connections).toHaveLength(OWNERS.length + 3);
  });

  /** A day later: nothing of the day before counts against the limit. */
  beforeEach(async () => {
    await sql(app, 'DELETE FROM powens_loss');
  });

  afterAll(async () => {
    await proxy.close();
    await app.close();
  });

  describe.each(Object.entries(MASS_LOSSES))('%s', (what, play) => {
    it.each(what === FIRST ? WAYS : sample(WAYS))(
      'should take out of use three connections at most, delete nothing there, and end as it began: %s',
      async (__, run) => {
        const renewable = !what.startsWith('401 in the words');
        await sql(app, 'UPDATE powens_user SET renewable = $1', [renewable]);
        const there = atPowens(app);
        proxy.play(play);
        await run(start);

        const during = await inventory(app);
        const most = mayTakeAway(what) ? LIMIT : 0;
        expect(before.connections.length - during.connections.length).toBeLessThanOrEqual(most);
        expect(before.users - during.users).toBeLessThanOrEqual(most);
        expect(during.connections.filter((id) => !before.connections.includes(id))).toEqual([]);
        expect(atPowens(app)).toEqual(there);

        proxy.play(null);
        const healed = await start();
        await compareAll(healed, OWNERS);
        expect(await inventory(healed)).toEqual(before);
        expect(atPowens(app)).toEqual(there);
        expect(await healed.app.get(ReconciliationService).listLosses()).toEqual([]);
        await healed.stop();
      },
    );
  });
});
