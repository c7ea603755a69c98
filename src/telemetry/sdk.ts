import { context, metrics, trace } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type IMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';

/** What runs once OpenTelemetry is loaded. */
export interface Sdk {
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** Registers the meter, and with `otlp` exporters of metrics and traces, which read the standard variables by themselves. */
export async function startSdk(otlp: boolean): Promise<Sdk> {
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const readers: IMetricReader[] = [prometheus];
  if (otlp) {
    const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http');
    readers.push(new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() }));
  }
  const provider = new MeterProvider({ readers });
  // False where an instrumentation of the operator was registered first: that one receives the metrics.
  const isOurs = metrics.setGlobalMeterProvider(provider);
  const closeTraces = otlp ? await startTraces() : null;
  const serializer = new PrometheusSerializer();
  return {
    metrics: async () => {
      const { resourceMetrics } = await prometheus.collect();
      return serializer.serialize(withUnits(resourceMetrics));
    },
    close: async () => {
      if (isOurs) {
        metrics.disable();
      }
      // A collector that is away must not fail the shutdown.
      await Promise.allSettled([provider.shutdown(), closeTraces?.()]);
    },
  };
}

async function startTraces(): Promise<() => Promise<void>> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { redactingSpanExporter } = await import('nestjs-powens-connections/redaction');
  const exporter = redactingSpanExporter(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const areOurs =
    trace.setGlobalTracerProvider(provider) &&
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return async () => {
    if (areOurs) {
      trace.disable();
      context.disable();
    }
    await provider.shutdown();
  };
}

/** The exporter leaves out the unit, which Prometheus, the Collector and the files in `ops/` have in the names. */
function withUnits(resourceMetrics: ResourceMetrics): ResourceMetrics {
  return {
    ...resourceMetrics,
    scopeMetrics: resourceMetrics.scopeMetrics.map((scope) => ({
      ...scope,
      metrics: scope.metrics.map((metric) =>
        metric.descriptor.unit === 's'
          ? { ...metric, descriptor: { ...metric.descriptor, name: `${metric.descriptor.name}.seconds` } }
          : metric,
      ),
    })),
  };
}
