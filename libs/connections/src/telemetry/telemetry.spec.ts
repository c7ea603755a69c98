import { readFileSync } from 'node:fs';
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { templateOf } from './api-operation.js';
import { GAUGES, observeGauges } from './gauges.js';
import { Durations, type Metric } from './instruments.js';
import { attemptsStarted, MEASURED, renewalDuration } from './metrics.js';
import { inHttpSpan, inSpan } from './spans.js';
import { annotate } from './span-attributes.js';
import { traceParent } from './trace-parent.js';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function traced(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  return exporter;
}

describe('telemetry', () => {
  afterEach(() => {
    trace.disable();
    metrics.disable();
    context.disable();
    vi.restoreAllMocks();
  });

  it('should create no span, no instrument and no labels without an SDK', async () => {
    const tracer = vi.spyOn(trace.getTracerProvider(), 'getTracer');
    const labels = vi.spyOn(Object, 'fromEntries');
    const work = Promise.resolve(1);
    expect(await inSpan('powens.commit', async () => work, PARENT)).toBe(1);
    expect(await inHttpSpan({ method: 'GET', template: '/users', host: 'h' }, async () => work)).toBe(1);
    annotate('powens.tries', 1);
    attemptsStarted.add(1, 'connect');
    renewalDuration.recordSince(0, 'background', 'ok');
    expect(observeGauges('default', async () => Promise.reject(new Error('read')))).toBeNull();
    expect(traceParent()).toBeNull();
    expect(tracer).not.toHaveBeenCalled();
    expect(labels).not.toHaveBeenCalled();
  });

  it('should use an SDK that is registered after the first call', () => {
    attemptsStarted.add(1, 'connect');
    const provider = new MeterProvider();
    const created = vi.spyOn(provider.getMeter('nestjs-powens-connections'), 'createCounter');
    metrics.setGlobalMeterProvider(provider);
    attemptsStarted.add(1, 'connect');
    attemptsStarted.add(1, 'connect');
    expect(created).toHaveBeenCalledTimes(1);
  });

  it.each(['', 'no context', PARENT.replace('b7ad', 'xxxx'), `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`])(
    'should link to nothing for the stored text "%s"',
    async (linked) => {
      const exporter = traced();
      await inSpan('powens.completion', async () => Promise.resolve(), linked);
      expect(exporter.getFinishedSpans()[0]?.links).toEqual([]);
    },
  );

  it('should link to the span that was stored', async () => {
    const exporter = traced();
    let stored: string | null = null;
    await inSpan('powens.connect.start', async () => {
      stored = traceParent();
      return Promise.resolve();
    });
    await inSpan('powens.completion', async () => Promise.resolve(), stored);
    const [started, completed] = exporter.getFinishedSpans();
    expect(completed?.links[0]?.context.spanId).toBe(started?.spanContext().spanId);
  });

  it('should give a path that only a host knows no name of its own', () => {
    expect(templateOf('/users/me/connections/{id}')).toBe('/users/me/connections/{id}');
    expect(templateOf('/users/me/some-id-of-a-host')).toBe('other');
  });

  it('should document every metric with its type and labels, and no other', () => {
    const quoted = (text: string): string => `\`${text}\``;
    const row = ({ name, unit, description, labels }: Metric, type: string): string[] => [
      quoted(name),
      type,
      labels.map(quoted).join(', '),
      quoted(unit),
      description,
    ];
    const documented = readFileSync('docs/operations.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `powens.'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(documented).toEqual([
      ...MEASURED.map((one) => row(one.metric, one instanceof Durations ? 'histogram' : 'counter')),
      ...Object.values(GAUGES).map((metric) => row(metric, 'gauge')),
    ]);
  });
});
