import type { LocalConnection } from '../../connections/remote-diff.js';
import type { EventToAppend } from '../../outbox/outbox.repository.js';
import type { Owner } from '../../values/owner.js';

/** The owner, Powens user and attempt that an event belongs to. */
export interface EventOrigin {
  readonly owner: Owner;
  readonly user: { readonly powensUserId: string | null } | null;
  /** The attempt that caused it, or null. */
  readonly attemptId?: string | null;
}

/** The ids in an event: of its owner, and of the connection that it is about, if any. */
export function idsOf(
  { owner, user, attemptId = null }: EventOrigin,
  local: Pick<LocalConnection, 'id' | 'powensConnectionId'> | null = null,
): Omit<EventToAppend, 'type' | 'data'> {
  return {
    ownerId: owner.id,
    tenant: owner.tenant,
    attemptId,
    connectionId: local?.id ?? null,
    powensConnectionId: local?.powensConnectionId ?? null,
    powensUserId: user?.powensUserId ?? null,
  };
}
