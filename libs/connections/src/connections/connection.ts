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
  /** Powens' word, unknown words included; null after a good synchronisation. */
  readonly state: string | null;
  /** What the state asks for, or null. */
  readonly requiredAction: RequiredAction | null;
  readonly createdAt: Date;
  /** Last successful synchronisation. */
  readonly lastSyncedAt: Date | null;
  /** End of the consent. */
  readonly expiresAt: Date | null;
}

/**
 * A connection that was seen at Powens and that nobody confirmed: the owner's own bank, whose tab was closed too early,
 * or a stranger's, who followed a forwarded link.
 *
 * @see OA-31
 * @public
 */
export interface UnconfirmedConnection extends Connection {
  readonly unconfirmedSince: Date;
  /** From when on it is removed at Powens, unless it is confirmed before. */
  readonly removeAt: Date;
}

/**
 * A page of connections, oldest first.
 *
 * @public
 */
export interface ConnectionPage {
  readonly items: readonly Connection[];
  /** Opaque; give it back for the next page. Null on the last one. */
  readonly nextCursor: string | null;
}
