import {
  createNoopMeter,
  metrics,
  type Attributes,
  type Counter as ApiCounter,
  type Histogram as ApiHistogram,
  type Meter,
  type MeterProvider,
} from '@opentelemetry/api';

/** Name of the instrumentation: of the meter and the tracer. */
export const INSTRUMENTATION = 'nestjs-powens-connections';

/** A metric as it is documented. The values of every label are a closed union. */
export interface Metric {
  readonly name: string;
  /** UCUM: `s` for seconds, `{event}` for a number of events. */
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly string[];
}

/** Buckets in seconds: from a statement of the database to a person who takes an hour at the bank. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** The meter of the SDK that the host registered; null without one. */
export function activeMeter(): Meter | null {
  const meter = metrics.getMeterProvider().getMeter(INSTRUMENTATION);
  return meter === createNoopMeter() ? null : meter;
}

/**
 * An instrument that is created when the host has registered an SDK, also after this module was loaded. The API itself would
 * return instruments that stay without effect. Values are parameters, not an object, so that a call without an SDK allocates nothing.
 */
abstract class Instrument<I> {
  #provider: MeterProvider | null = null;
  #instrument: I | null = null;

  constructor(readonly metric: Metric) {}

  protected abstract create(meter: Meter): I;

  /** Null without an SDK. */
  protected get instrument(): I | null {
    const provider = metrics.getMeterProvider();
    if (provider !== this.#provider) {
      const meter = activeMeter();
      this.#provider = provider;
      this.#instrument = meter === null ? null : this.create(meter);
    }
    return this.#instrument;
  }

  protected labelled(first?: string, second?: string): Attributes {
    const values = [first, second];
    return Object.fromEntries(this.metric.labels.map((label, index) => [label, values[index]]));
  }
}

/** A counter with up to two labels. */
export class Counter<A extends string, B extends string = never> extends Instrument<ApiCounter> {
  add(count: number, first: A, second?: B): void {
    const { instrument } = this;
    if (instrument !== null && count > 0) {
      instrument.add(count, this.labelled(first, second));
    }
  }

  protected create(meter: Meter): ApiCounter {
    const { name, unit, description } = this.metric;
    return meter.createCounter(name, { unit, description });
  }
}

/** A histogram of durations in seconds, with up to two labels. */
export class Durations<A extends string, B extends string = never> extends Instrument<ApiHistogram> {
  record(seconds: number, first: A, second?: B): void {
    this.instrument?.record(seconds, this.labelled(first, second));
  }

  /** Records the time since `startMs`, a value of `performance.now()`. */
  recordSince(startMs: number, first: A, second?: B): void {
    const { instrument } = this;
    if (instrument !== null) {
      instrument.record((performance.now() - startMs) / 1000, this.labelled(first, second));
    }
  }

  protected create(meter: Meter): ApiHistogram {
    const { name, unit, description } = this.metric;
    // An SDK that does not know the advice uses its own buckets.
    return meter.createHistogram(name, {
      unit,
      description,
      advice: { explicitBucketBoundaries: BUCKETS },
    });
  }
}
