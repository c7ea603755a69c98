import type { RequiredAction } from './required-action.js';

/**
 * A connection of an owner, as last seen at Powens.
 *
 * @public
 */
export interface Connection {
  /** Id here (uuid). */
  readonly id: string;
  /** Id at Powens, as a string. */
  readonly powensConnectionId: string;
  readonly connectorUuid: string | null;
  readonly connectorName: string | null;
  /** State as reported by Powens, unknown ones included; null after a successful synchronisation. */
  readonly state: string | null;
  /** Action that the state requires, or null. */
  readonly requiredAction: RequiredAction | null;
  readonly createdAt: Date;
  /** Last successful synchronisation. */
  readonly lastSyncedAt: Date | null;
  /** End of the consent. */
  readonly expiresAt: Date | null;
}

/**
 * A connection that was seen at Powens and is not confirmed: the owner's own bank, if the tab was closed too early, or the
 * bank of another person who followed a forwarded link.
 *
 * @public
 */
export interface UnconfirmedConnection extends Connection {
  readonly unconfirmedSince: Date;
  /** Time from which it is removed at Powens, unless it is confirmed before. */
  readonly removeAt: Date;
}

/**
 * A page of connections, oldest first.
 *
 * @public
 */
export interface ConnectionPage {
  readonly items: readonly Connection[];
  /** Opaque; pass it to read the next page. Null on the last one. */
  readonly nextCursor: string | null;
}
