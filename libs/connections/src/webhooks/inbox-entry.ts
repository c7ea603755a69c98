import { createHash } from 'node:crypto';
import type { PowensWebhookEvent } from './webhook-events.js';
import type { Scalar, Scalars, WebhookSummary } from './body/webhook-summary.js';

/** What a webhook is about, as far as its body says. */
export interface WebhookSubject {
  readonly webhookDataId: string | null;
  readonly powensUserId: string | null;
  readonly powensConnectionId: string | null;
}

const ID = /^[1-9][0-9]{0,18}$/;

/**
 * Reads what a webhook is about. Where an id stands depends on the event; one that is no id is as good as none.
 *
 * @see https://docs.powens.com/documentation/integration-guides/webhooks
 */
export function subjectOf(
  event: PowensWebhookEvent | 'unknown',
  summary: WebhookSummary | null,
): WebhookSubject {
  if (summary === null) {
    return { webhookDataId: null, powensUserId: null, powensConnectionId: null };
  }
  const { root, user, connection } = summary;
  return {
    webhookDataId: idIn(root, 'id_webhook_data'),
    powensUserId: event.startsWith('USER_')
      ? (idIn(user, 'id') ?? idIn(root, 'id'))
      : (idIn(user, 'id') ?? idIn(connection, 'id_user') ?? idIn(root, 'id_user')),
    powensConnectionId:
      event === 'CONNECTION_DELETED'
        ? idIn(root, 'id')
        : (idIn(connection, 'id') ?? idIn(root, 'id_connection')),
  };
}

/**
 * Tells a webhook from all others: by `id_webhook_data`; where Powens gave none, by its bytes.
 *
 * @param plain - its bytes, inflated: compressed again, the same webhook may look different. Read only when needed
 * @param scope - see {@link scopeOf}
 * @see WH-06
 */
export async function dedupeKeyOf(
  event: PowensWebhookEvent,
  subject: WebhookSubject,
  plain: Iterable<Buffer> | AsyncIterable<Buffer>,
  scope: string | null = null,
): Promise<string> {
  if (subject.webhookDataId !== null) {
    return scope === null ? subject.webhookDataId : `${scope}:${subject.webhookDataId}`;
  }
  const hash = createHash('sha256').update(event);
  for await (const chunk of plain) {
    hash.update(chunk);
  }
  // Never the same as an id, which is all digits.
  return `sha256:${hash.digest('base64url')}`;
}

/**
 * Whose ids these are: with bearer tokens a sender speaks for one Powens user alone, and must neither use up the id of another
 * user's webhook nor stand in the way of another user's connection. Null where Powens itself signs.
 */
export function scopeOf(auth: 'hmac' | 'bearer' | 'oauth', { powensUserId }: WebhookSubject): string | null {
  return auth === 'bearer' ? powensUserId : null;
}

/**
 * Key of the mark that a Powens user was erased here. A hash: nothing of the user is to be found in the table.
 *
 * @param powensUserId - null when a body names no user, which no mark fits
 */
export function erasureMarkOf(instance: string, powensUserId: string | null): string {
  return powensUserId === null
    ? ''
    : `erased:${createHash('sha256').update(`${instance}\u0000${powensUserId}`).digest('base64url')}`;
}

/** Messages about one connection are processed in order; those of no connection within their user. */
export function orderKeyOf(subject: WebhookSubject, dedupeKey: string, scope: string | null = null): string {
  const { powensConnectionId, powensUserId } = subject;
  if (powensConnectionId !== null) {
    return scope === null ? `connection:${powensConnectionId}` : `connection:${scope}:${powensConnectionId}`;
  }
  return powensUserId === null ? dedupeKey : `user:${powensUserId}`;
}

function idIn(scalars: Scalars, name: string): string | null {
  const value: Scalar | undefined = scalars[name];
  return typeof value === 'string' && ID.test(value) ? value : null;
}
