import { redact } from './redact-value.js';

/**
 * Hooks for `Sentry.init`.
 *
 * @public
 */
export interface SentryRedaction {
  readonly beforeSend: <Event>(event: Event) => Event;
  readonly beforeSendTransaction: <Event>(event: Event) => Event;
  readonly beforeSendSpan: <Span>(span: Span) => Span;
  readonly beforeBreadcrumb: <Breadcrumb>(breadcrumb: Breadcrumb) => Breadcrumb;
}

/** Internal data of the SDK in an event: never sent, and it must not be replaced. */
const KEPT_BY_SDK = 'sdkProcessingMetadata';

/**
 * Hooks that remove secrets from everything that Sentry sends: requests, breadcrumbs, exceptions, spans, extra data.
 *
 * @example
 * ```ts
 * Sentry.init({ dsn, sendDefaultPii: false, ...sentryRedaction() });
 * ```
 * @public
 */
export function sentryRedaction(): SentryRedaction {
  return {
    beforeSend: redactedEvent,
    beforeSendTransaction: redactedEvent,
    beforeSendSpan: (span) => redact(span),
    beforeBreadcrumb: (breadcrumb) => redact(breadcrumb),
  };
}

function redactedEvent<Event>(event: Event): Event {
  const { [KEPT_BY_SDK]: kept, ...sent } = event as Record<string, unknown>;
  return { ...redact(sent), ...(kept !== undefined && { [KEPT_BY_SDK]: kept }) } as Event;
}
