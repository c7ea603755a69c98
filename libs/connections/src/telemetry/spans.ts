import {
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Link,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { INSTRUMENTATION } from './instruments.js';
import { outcomeOf } from './outcome.js';
import { linksOf } from './trace-parent.js';

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

/** A method and address below the API root, with `{id}` in place of ids. */
export interface HttpCall {
  readonly method: string;
  readonly template: string;
  readonly host: string;
}

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
