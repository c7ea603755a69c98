import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader, type DataPoint, type Histogram } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { captureOutput } from '../canary/collector.js';

/** One series of a metric. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, unknown>>;
  /** The value of a counter or a gauge; the number of measurements of a histogram. */
  readonly value: number;
}

/** What an SDK of the host has recorded. */
export interface RecordedTelemetry {
  readonly spans: () => readonly ReadableSpan[];
  readonly metrics: () => Promise<readonly Series[]>;
  /** Hands everything over to the scan for secrets, and takes the SDK away. */
  readonly stop: () => Promise<void>;
}

class ManualReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Registers an SDK that keeps everything in memory, as a host does before it creates its application. */
export function recordTelemetry(): RecordedTelemetry {
  const exporter = new InMemorySpanExporter();
  const reader = new ManualReader();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
  const collect = async (): Promise<readonly Series[]> => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        (dataPoints as DataPoint<number | Histogram>[]).map(({ attributes, value }) => ({
          name: descriptor.name,
          labels: attributes,
          value: typeof value === 'number' ? value : value.count,
        })),
      );
  };
  return {
    spans,
    metrics: collect,
    stop: async () => {
      const text = JSON.stringify([spans().map((span) => shown(span)), await collect()]);
      captureOutput('telemetry', text);
      trace.disable();
      metrics.disable();
      context.disable();
    },
  };
}

/** Everything of a span that leaves the process. */
export function shown({ name, attributes, events, links, status, resource }: ReadableSpan): object {
  return { name, attributes, events, links, status, resource: resource.attributes };
}
