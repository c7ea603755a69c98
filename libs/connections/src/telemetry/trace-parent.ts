import { isSpanContextValid, type Link, type SpanContext, trace, TraceFlags } from '@opentelemetry/api';

const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The active span in the format of W3C Trace Context, to be stored and linked to; null without one. */
export function traceParent(): string | null {
  const context = trace.getActiveSpan()?.spanContext();
  if (context === undefined || !isSpanContextValid(context)) {
    return null;
  }
  const { traceId, spanId, traceFlags } = context;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** What was stored may have been edited: anything else than a valid context links to nothing. */
export function linksOf(linked: string | null): Link[] {
  const [, traceId, spanId, flags] = TRACE_PARENT.exec(linked ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) {
    return [];
  }
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const context: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(context) ? [{ context }] : [];
}
