import { trace } from '@opentelemetry/api';

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
