import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import type { SystemName } from '../control/protocol.js';
import { untilCount } from '../load/until.js';
import type { Webhooks } from './webhooks.js';
import { expectCount, latencyOf, type Measured, type Workload } from './workload.js';

const LEAST_SWEEPS = 3;

/** What the servers took in before: read, written, told, and its events delivered. */
export class Processing implements Workload {
  readonly title = 'Webhooks: process, deliver the event';
  readonly unit = 'webhook';
  readonly startsPaused = true;
  readonly systems = ['worker'] as const;

  constructor(
    private readonly bench: Bench,
    private readonly webhooks: Webhooks,
  ) {}

  async warmUp(): Promise<string | null> {
    await this.measure();
    return null;
  }

  async measure(): Promise<Measured> {
    const { stored } = this.bench;
    const { sent } = this.webhooks;
    const operations = await stored.waitingWebhooks();
    const done = async (): Promise<number> =>
      sent - (await stored.waitingWebhooks()) - (await stored.waitingEvents(false));
    return this.bench.meter('worker').measureResumed(async () => {
      await untilCount('webhooks processed, events delivered', sent, done);
      return { operations, latency: null };
    });
  }

  async verify(): Promise<void> {
    const { processed, synced } = await this.bench.stored.processedWebhooks();
    expectCount('webhooks processed', processed, this.webhooks.sent);
    expectCount('events of webhooks delivered', synced, this.webhooks.sent);
  }
}

/** An owner's token: read, opened, lent. */
export class TokenReads implements Workload {
  readonly title = 'Token read (`withToken`)';
  readonly unit = 'read';
  readonly startsPaused = false;
  readonly systems = ['baseline', 'worker'] as const;

  constructor(private readonly bench: Bench) {}

  async warmUp(system: SystemName): Promise<string | null> {
    await this.measure(system);
    return null;
  }

  async measure(system: SystemName): Promise<Measured> {
    const { concurrency, seconds } = this.bench.settings;
    const owners = await this.bench.stored.owners(system === 'baseline', 500);
    const meter = this.bench.meter(system);
    return meter.measure(async () => {
      const task = { kind: 'tokens', owners, concurrency, seconds: seconds / 2 } as const;
      const { operations, times } = await meter.server.run(task);
      return { operations, latency: latencyOf(times) };
    });
  }

  /** The task itself fails where a token cannot be read. */
  async verify(): Promise<void> {
    return Promise.resolve();
  }
}

/** Events that wait, each of another connection: claimed, published to a handler that does nothing, marked. */
export class Relay implements Workload {
  readonly title = 'Relay of events';
  readonly unit = 'event';
  readonly startsPaused = true;
  readonly systems = ['baseline', 'worker'] as const;

  constructor(private readonly bench: Bench) {}

  async warmUp(system: SystemName): Promise<string | null> {
    await this.measure(system);
    return null;
  }

  async measure(system: SystemName): Promise<Measured> {
    const { stored, settings } = this.bench;
    const { events: operations } = settings;
    const meter = this.bench.meter(system);
    const relayed = async (): Promise<number> => operations - (await stored.waitingEvents(false));
    await stored.addPendingEvents(system === 'baseline', operations);
    return meter.measureResumed(async () => {
      if (system === 'baseline') {
        await meter.server.run({ kind: 'relay' });
      } else {
        await untilCount('events relayed', operations, relayed);
      }
      return { operations, latency: null };
    });
  }

  async verify(): Promise<void> {
    const { stored } = this.bench;
    expectCount('events of the baseline that wait', await stored.waitingEvents(true), 0);
    expectCount('events of the library that wait', await stored.waitingEvents(false), 0);
  }
}

/** Rounds of the sweeper that find nothing to do: what a replica costs the database while it is idle. */
export class IdleSweeps implements Workload {
  readonly title = 'Sweep that finds nothing';
  readonly unit = 'sweep';
  readonly startsPaused = false;
  readonly systems = ['sweeper'] as const;

  constructor(private readonly bench: Bench) {}

  async warmUp(): Promise<string | null> {
    await this.measure();
    return null;
  }

  async measure(): Promise<Measured> {
    const meter = this.bench.meter('sweeper');
    return meter.measure(async () => {
      const before = await meter.server.usage();
      await sleep(this.bench.settings.seconds * 1000);
      // Where one round takes longer than the phase: whole rounds, however long they are.
      const sweeps = await untilCount(
        'sweeps',
        before.sweeps + LEAST_SWEEPS,
        async () => (await meter.server.usage()).sweeps,
      );
      return { operations: sweeps - before.sweeps, latency: null };
    });
  }

  /** Nothing was due: had anything been found, an event would wait. */
  async verify(): Promise<void> {
    expectCount('events of idle sweeps', await this.bench.stored.waitingEvents(false), 0);
  }
}

/** Rows whose time is over: attempts, events and webhooks alike. */
export class Purge implements Workload {
  readonly title = 'Removal of old rows';
  readonly unit = 'row';
  readonly startsPaused = true;
  readonly systems = ['sweeper'] as const;

  constructor(private readonly bench: Bench) {}

  async warmUp(): Promise<string | null> {
    await this.measure();
    return null;
  }

  async measure(): Promise<Measured> {
    const { stored, settings } = this.bench;
    const operations = settings.aged * 3;
    await stored.addAged(settings.aged);
    return this.bench.meter('sweeper').measureResumed(async () => {
      await untilCount('old rows removed', operations, async () => operations - (await stored.agedRows()));
      return { operations, latency: null };
    });
  }

  async verify(): Promise<void> {
    expectCount('old rows left', await this.bench.stored.agedRows(), 0);
  }
}
