import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { PowensClient } from '../../powens/powens.client.js';
import { observeGauges, type GaugeValues } from '../../telemetry/gauges.js';
import { ReconciliationLoop } from '../reconciliation/reconciliation-loop.service.js';
import { BacklogService, type Waiting } from './backlog.service.js';

const LOOK_FOR_SDK_MS = 1000;

const BREAKER_VALUES = { closed: 0, half_open: 1, open: 2 } as const;

/**
 * Reports the gauges of this registration while the application runs, when the host has registered an SDK of OpenTelemetry.
 *
 * @internal
 */
@Injectable()
export class GaugesService implements OnApplicationBootstrap, OnModuleDestroy {
  #end: (() => void) | null = null;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'instance'>,
    private readonly backlog: BacklogService,
    private readonly powens: PowensClient,
    private readonly loop: ReconciliationLoop,
  ) {}

  onApplicationBootstrap(): void {
    this.begin();
  }

  /** An SDK may be registered after the application has started, so that it is not waited for. */
  private begin(): void {
    this.#end = observeGauges(this.options.instance, async () => this.read());
    if (this.#end === null) {
      this.#retry = setTimeout(() => {
        this.begin();
      }, LOOK_FOR_SDK_MS);
      this.#retry.unref();
    }
  }

  /** Before the connections to the database are closed. */
  onModuleDestroy(): void {
    clearTimeout(this.#retry);
    this.#end?.();
  }

  /** What this process knows is reported although the database does not answer. */
  private async read(): Promise<GaugeValues> {
    const waiting = await this.backlog.count().then(valuesOf, () => ({}));
    const { orphans } = this.loop.tally.report();
    return {
      ...waiting,
      ...this.load(),
      ...(orphans.checked ? { orphans: orphans.count } : {}),
    };
  }

  private load(): GaugeValues {
    const { breakers, ...load } = this.powens.load();
    if (breakers === null) {
      return load;
    }
    const breaker = Object.entries(breakers).map(([operations, state]) => [
      operations,
      BREAKER_VALUES[state],
    ]);
    return { ...load, breaker: Object.fromEntries(breaker) as Record<string, number> };
  }
}

function valuesOf({ outbox, inbox, losses }: Waiting): GaugeValues {
  return {
    outboxDepth: outbox.depth,
    outboxAge: outbox.ageSeconds,
    outboxDead: outbox.dead,
    inboxDepth: inbox.depth,
    inboxAge: inbox.ageSeconds,
    inboxDead: inbox.dead,
    lossesHeld: losses.held,
    lossesSuspected: losses.suspected,
  };
}
