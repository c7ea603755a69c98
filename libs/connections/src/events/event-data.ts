/**
 * Action that a connection requires.
 *
 * - `reconnect`: send the end user through the reconnect flow
 * - `wait`: nothing to do, Powens resumes by itself
 * - `act_at_bank`: the end user must do something on the bank's own site
 * - `contact_support`: it cannot be repaired here
 *
 * @public
 */
export type RequiredAction = 'reconnect' | 'wait' | 'act_at_bank' | 'contact_support';

/**
 * The data of a `connection.created` event, beside its ids.
 *
 * @public
 */
export interface ConnectionCreatedData {
  readonly connectorUuid: string | null;
  readonly connectorName: string | null;
  /** Powens' word for the state, or null when there is no problem. */
  readonly state: string | null;
  /** Who acted for the owner, as the owner resolver named them; null when it names only an owner. */
  readonly connectedBy: string | null;
  /** What the application gave to `ConnectionsService.start`. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Ids of the owner's other connections with the same connector: a second login at that bank, or the same one twice.
   * It is not refused, since only the owner knows which of the two it is.
   */
  readonly sameConnectorAs: readonly string[];
}

/**
 * The data of a `connection.synced` event.
 *
 * @public
 */
export interface ConnectionSyncedData {
  /** Powens' date of the synchronisation, ISO 8601 in UTC; null when it gives none. Data may arrive in parts that share a date. */
  readonly lastSyncedAt: string | null;
  /** Powens' word for the outcome; null on success. */
  readonly state: string | null;
  /** Pass the event to `WebhookPayloads` to read what Powens sent with it; null when there was no webhook, or its body was not kept. */
  readonly webhookId: string | null;
}

/**
 * The data of a `connection.reconnected` event.
 *
 * @public
 */
export interface ConnectionReconnectedData {
  /** Powens' word for the state, or null when there is no problem. */
  readonly state: string | null;
}

/**
 * The data of a `connection.action_required` event.
 *
 * @public
 */
export interface ConnectionActionRequiredData {
  /** Powens' word for the state; null when Powens reported no problem before its token stopped working. */
  readonly state: string | null;
  readonly requiredAction: RequiredAction;
  readonly previousState: string | null;
  /** `token_revoked`: Powens does not take the token any more; absent for a state that Powens reports. */
  readonly reason?: 'token_revoked';
}

/**
 * The data of a `connection.recovered` event.
 *
 * @public
 */
export interface ConnectionRecoveredData {
  /** Powens' word for the state that ended. */
  readonly previousState: string | null;
  /** `reappeared`: it was reported as deleted before, and is described again. */
  readonly reason?: 'reappeared';
  /** Of a connection that reappeared. */
  readonly connectorUuid?: string | null;
  /** Of a connection that reappeared. */
  readonly connectorName?: string | null;
  /** Of a connection that reappeared: Powens' word, or null when there is no problem. */
  readonly state?: string | null;
}

/**
 * The data of a `connection.expiring` event.
 *
 * @public
 */
export interface ConnectionExpiringData {
  /** When the consent ends, ISO 8601 in UTC; null when it is not known any more. */
  readonly expiresAt: string | null;
}

/**
 * The data of a `connection.deleted` event.
 *
 * @public
 */
export interface ConnectionDeletedData {
  /** `requested` by the owner, not confirmed in time (`unconfirmed`), or no longer found at Powens (`gone_at_powens`). */
  readonly reason: 'requested' | 'unconfirmed' | 'gone_at_powens';
}

/**
 * The data of a `connection.silent` event.
 *
 * @public
 */
export interface ConnectionSilentData {
  /** ISO 8601, UTC; null when it was never synchronised. */
  readonly lastSyncedAt: string | null;
}

/**
 * The data of a `connection.unconfirmed` event.
 *
 * @public
 */
export interface ConnectionUnconfirmedData extends Pick<
  ConnectionCreatedData,
  'connectorUuid' | 'connectorName' | 'state'
> {
  /** When it is removed at Powens unless it is confirmed, ISO 8601 in UTC; null when it is not. */
  readonly removeAt: string | null;
}

/**
 * The data of an event that a webhook caused: ids and words, never an amount or a name. The rest is in the payload.
 *
 * @public
 */
export interface WebhookData {
  /** Pass the event to `WebhookPayloads` to read what Powens sent with it; null when the body was not kept. */
  readonly webhookId: string | null;
  /** Id of the account, contract or transaction at Powens, or null where the event is about all of a connection. */
  readonly powensObjectId: string | null;
  /** Whether the person consents to it; null when the webhook does not contain it. */
  readonly isEnabled: boolean | null;
  /** Powens' word, as `checking`; null when there is none. */
  readonly objectType: string | null;
}
