import {
  isSpanContextValid,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Link,
  type SpanContext,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { INSTRUMENTATION } from './instruments.js';
import { outcomeOf } from './metrics.js';

interface SpanDefinition {
  readonly kind: SpanKind;
  readonly attributes?: Attributes;
}

const INTERNAL: SpanDefinition = { kind: SpanKind.INTERNAL };

/** Attributes of the semantic conventions for messaging; the system has no name there, so it is ours. */
const messaging = (destination: string, operation: string): Attributes => ({
  'messaging.system': 'powens_connections',
  'messaging.destination.name': destination,
  'messaging.operation.name': operation,
  'messaging.operation.type': operation,
});

/** Every span of the library but calls to Powens, which are named by their method and path. */
const SPANS = {
  'powens.connect.start': INTERNAL,
  'powens.callback': INTERNAL,
  'powens.completion': INTERNAL,
  'powens.exchange': INTERNAL,
  'powens.read_back': INTERNAL,
  'powens.commit': {
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'COMMIT' },
  },
  'powens.webhook.receive': { kind: SpanKind.PRODUCER, attributes: messaging('powens_inbox', 'send') },
  'powens.webhook.process': { kind: SpanKind.CONSUMER, attributes: messaging('powens_inbox', 'process') },
  'powens.event.deliver': { kind: SpanKind.CONSUMER, attributes: messaging('powens_outbox', 'process') },
  'powens.token.use': INTERNAL,
  'powens.token.renew': INTERNAL,
  'powens.reconcile': INTERNAL,
} as const satisfies Record<string, SpanDefinition>;

/** Name of a span. */
export type SpanName = keyof typeof SPANS;

/** Attributes that may be set: none of them can hold a secret, and owners are not among them. */
export type SpanAttribute =
  | 'powens.instance'
  | 'powens.attempt.id'
  | 'powens.connection.ids'
  | 'powens.flow'
  | 'powens.outcome'
  | 'messaging.message.id'
  | 'powens.event'
  | 'http.response.status_code'
  | 'powens.tries';

/** A method and address below the API root, with `{id}` in place of ids. */
export interface HttpCall {
  readonly method: string;
  readonly template: string;
  readonly host: string;
}

const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Runs work in a span that is active meanwhile. An error sets its code as `error.type`; its message, which may be that of another
 * library, is not recorded. Without an SDK, only runs the work.
 *
 * @param linked - the `traceParent` of the span that caused it, in another request or process
 */
export async function inSpan<T>(
  name: SpanName,
  work: () => Promise<T>,
  linked: string | null = null,
): Promise<T> {
  const tracer = activeTracer();
  return tracer === undefined ? work() : traced(tracer, { name, ...SPANS[name] }, work, linksOf(linked));
}

/** Runs a method in a span: see {@link inSpan}. */
export function Traced(name: SpanName) {
  return <A extends unknown[], T>(
    _: object,
    __: string,
    descriptor: TypedPropertyDescriptor<(...args: A) => Promise<T>>,
  ): void => {
    const method = descriptor.value as (...args: A) => Promise<T>;
    descriptor.value = async function inTracedMethod(this: unknown, ...args: A): Promise<T> {
      return inSpan(name, async () => method.apply(this, args));
    };
  };
}

/** As {@link inSpan}, for a call to Powens. */
export async function inHttpSpan<T>(call: HttpCall, work: () => Promise<T>): Promise<T> {
  const tracer = activeTracer();
  if (tracer === undefined) {
    return work();
  }
  const attributes = {
    'http.request.method': call.method,
    'url.template': call.template,
    'server.address': call.host,
  };
  return traced(
    tracer,
    { name: `${call.method} ${call.template}`, kind: SpanKind.CLIENT, attributes },
    work,
    [],
  );
}

/** Sets an attribute of the active span. */
export function annotate(attribute: SpanAttribute, value: string | number | null): void {
  if (value !== null) {
    trace.getActiveSpan()?.setAttribute(attribute, value);
  }
}

/** Sets the attributes of a message on the active span. */
export function annotateMessage(
  instance: string,
  { id, type, tries }: { readonly id: string; readonly type: string; readonly tries: number },
): void {
  annotate('powens.instance', instance);
  annotate('messaging.message.id', id);
  annotate('powens.event', type);
  annotate('powens.tries', tries);
}

/** The active span in the format of W3C Trace Context, to be stored and linked to; null without one. */
export function traceParent(): string | null {
  const context = trace.getActiveSpan()?.spanContext();
  if (context === undefined || !isSpanContextValid(context)) {
    return null;
  }
  const { traceId, spanId, traceFlags } = context;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** The provider of the API, which has no delegate until an SDK is registered. */
interface DelegatingProvider extends TracerProvider {
  getDelegateTracer?: (name: string) => Tracer | undefined;
}

/** The tracer of the SDK that the host registered; undefined without one. */
function activeTracer(): Tracer | undefined {
  const provider: DelegatingProvider = trace.getTracerProvider();
  return provider.getDelegateTracer === undefined
    ? provider.getTracer(INSTRUMENTATION)
    : provider.getDelegateTracer(INSTRUMENTATION);
}

async function traced<T>(
  tracer: Tracer,
  { name, ...options }: SpanDefinition & { readonly name: string },
  work: () => Promise<T>,
  links: Link[],
): Promise<T> {
  return tracer.startActiveSpan(name, { ...options, links }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setAttribute('error.type', outcomeOf(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** What was stored may have been edited: anything else than a valid context links to nothing. */
function linksOf(linked: string | null): Link[] {
  const [, traceId, spanId, flags] = TRACE_PARENT.exec(linked ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) {
    return [];
  }
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const context: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(context) ? [{ context }] : [];
}
