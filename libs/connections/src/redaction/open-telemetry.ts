import { redact } from './redact-value.js';

/** What of a finished span may hold a secret. */
interface SpanLike {
  readonly name: string;
  readonly attributes: object;
  readonly events: readonly object[];
  readonly links: readonly object[];
  readonly status: object;
}

/** The part of an OpenTelemetry exporter that is used here. */
interface ExporterLike<Span, Done> {
  export(spans: Span[], done: Done): void;
}

/**
 * Removes secrets from attributes of OpenTelemetry: for `span.setAttributes`, log records and hooks of instrumentations.
 *
 * @public
 */
export function redactAttributes<T extends object>(attributes: T): T {
  return redact(attributes);
}

/**
 * Wraps an exporter of OpenTelemetry: everything that instrumentation recorded (`url.full`, `http.target`, headers, exceptions, names
 * of spans) is exported without secrets.
 *
 * @example
 * ```ts
 * new BatchSpanProcessor(redactingSpanExporter(new OTLPTraceExporter()));
 * ```
 * @public
 */
export function redactingSpanExporter<Span extends SpanLike, Done, E extends ExporterLike<Span, Done>>(
  exporter: E,
): E {
  return new Proxy(exporter, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (property === 'export') {
        return (spans: Span[], done: Done): void => target.export(spans.map(redactedSpan), done);
      }
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** A view: everything but what may hold a secret is that of the span itself. */
function redactedSpan<Span extends SpanLike>(span: Span): Span {
  const redacted = Object.entries({
    name: redact(span.name),
    attributes: redact(span.attributes),
    events: redact(span.events),
    links: span.links.map((link) => redactedLink(link)),
    status: redact(span.status),
  });
  const view = Object.create(span) as Span;
  redacted.forEach(([key, value]) => Object.defineProperty(view, key, { value, enumerable: true }));
  return view;
}

/** The context of a link holds the trace state, which is an object with methods. */
function redactedLink(link: object): object {
  const { attributes } = link as { attributes?: object };
  return attributes === undefined ? link : { ...link, attributes: redact(attributes) };
}
