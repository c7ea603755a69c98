import { createHash } from 'node:crypto';
import type { PowensWebhookEvent } from '../events/powens-webhook-events.js';
import type { Scalar, Scalars, WebhookSummary } from './body/webhook-summary.js';

/** Ids of the user and connection of a webhook, as far as its body names them. */
export interface WebhookSubject {
  readonly webhookDataId: string | null;
  readonly powensUserId: string | null;
  readonly powensConnectionId: string | null;
}

const ID = /^[1-9][0-9]{0,18}$/;

/**
 * Reads the subject of a webhook. The position of an id depends on the event; an invalid id counts as missing.
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
  const { root, user, connection, ownership } = summary;
  return {
    webhookDataId: idIn(root, 'id_webhook_data'),
    powensUserId: event.startsWith('USER_')
      ? (idIn(user, 'id') ?? idIn(root, 'id'))
      : (idIn(user, 'id') ??
        idIn(connection, 'id_user') ??
        idIn(root, 'id_user') ??
        idIn(ownership, 'id_user')),
    powensConnectionId:
      event === 'CONNECTION_DELETED'
        ? idIn(root, 'id')
        : (idIn(connection, 'id') ?? idIn(root, 'id_connection') ?? idIn(ownership, 'id_connection')),
  };
}

/**
 * Returns the deduplication key of a webhook: its `id_webhook_data`, or a hash of its bytes where Powens sent none.
 *
 * @param plain - its bytes, inflated: compressed again, the same webhook may have other bytes. Read only when needed
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
  // Never equal to an id, which consists of digits.
  return `sha256:${hash.digest('base64url')}`;
}

/**
 * Scope of the ids: a bearer token authenticates one Powens user only, and must neither use up the id of another user's webhook
 * nor block another user's connection. Null where Powens itself signs.
 */
export function scopeOf(auth: 'hmac' | 'bearer' | 'oauth', { powensUserId }: WebhookSubject): string | null {
  return auth === 'bearer' ? powensUserId : null;
}

/**
 * Key of the mark that a Powens user was erased here. A hash, so that the table contains no data of the user.
 *
 * @param powensUserId - null when a body names no user, which matches no mark
 */
export function erasureMarkOf(instance: string, powensUserId: string | null): string {
  return powensUserId === null
    ? ''
    : `erased:${createHash('sha256').update(`${instance}\u0000${powensUserId}`).digest('base64url')}`;
}

/** Messages about one connection are processed in order; messages without a connection in order within their user. */
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
