import type { SystemName } from './control/protocol.js';
import type { Stored } from './database/stored.js';
import type { Settings } from './settings.js';
import type { Meter } from './workloads/workload.js';

/** What every workload of a run works with. */
export class Bench {
  constructor(
    readonly settings: Settings,
    readonly stored: Stored,
    private readonly meters: ReadonlyMap<SystemName, Meter>,
    readonly sandboxUrl: string,
    readonly webhookSecret: string,
  ) {}

  /** The process of a system, with what it uses. */
  meter(system: SystemName): Meter {
    const meter = this.meters.get(system);
    if (meter === undefined) {
      throw new Error(`${system} is not part of this run`);
    }
    return meter;
  }

  /** It keeps everything it ever gave out in memory: a later phase must not find it slower. Its ids go on. */
  async emptySandbox(): Promise<void> {
    const answer = await fetch(`${this.sandboxUrl}/sandbox/reset`, { method: 'POST' });
    if (answer.status !== 204) {
      throw new Error(`the sandbox answered ${answer.status} to a reset`);
    }
  }
}
