import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { BoundConnection, DeletableConnectionId, RemovalReason } from '../../values/verified-ids.js';
import {
  authenticateConnection,
  verifyConnection,
  type ConnectionPurpose,
} from './connection-authenticator.js';
import { KeyRing } from '../crypto/key-ring.js';

/** A row of a connection with the authenticator that was made when Powens reported it. */
export interface AuthenticatedConnection extends BoundConnection {
  readonly authenticator: string | null;
}

/** An intended deletion as its row states it, with its proof. */
export interface ClaimedRemoval {
  readonly connection: BoundConnection;
  readonly reason: RemovalReason;
  readonly authenticator: string | null;
}

/**
 * Proves which bank a row of a connection stands for, since Powens reported it, and that its deletion is intended, since the
 * intent was stored. An id or a status that was edited in the database deletes nothing at Powens.
 *
 * @see TC-27
 * @internal
 */
@Injectable()
export class ConnectionCustody {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'instance'>,
    private readonly keyRing: KeyRing,
  ) {}

  /** Authenticates a connection that Powens itself reported, never one that was read from a row. */
  authenticate(row: BoundConnection): string {
    return this.make(row, 'keep');
  }

  /** Authorizes the deletion at the end of a quarantine. It is void once the connection is confirmed. */
  authorizeExpiry(row: BoundConnection): string {
    return this.make(row, 'unconfirmed');
  }

  /**
   * Authorizes the deletion that the owner requests.
   *
   * @throws CustodyError `token_tampered` when the row stands for another bank than Powens reported; `key_unavailable`
   */
  authorizeRequest({ authenticator, ...row }: AuthenticatedConnection): string {
    verifyConnection(authenticator, this.placeOf(row, 'keep'), this.keyRing);
    return this.make(row, 'requested');
  }

  /**
   * Checks an intent before a deletion is sent to Powens.
   *
   * @param userId - row of the Powens user whose token is used: the connection must belong to it
   * @returns the id that may be deleted there
   * @throws CustodyError `token_tampered`, `key_unavailable`
   */
  verifyRemoval(
    { connection, reason, authenticator }: ClaimedRemoval,
    userId: string,
  ): DeletableConnectionId {
    verifyConnection(authenticator, this.placeOf({ ...connection, userId }, reason), this.keyRing);
    return connection.powensConnectionId as DeletableConnectionId;
  }

  private make(row: BoundConnection, purpose: ConnectionPurpose): string {
    return authenticateConnection(this.placeOf(row, purpose), this.keyRing);
  }

  private placeOf(
    row: BoundConnection,
    purpose: ConnectionPurpose,
  ): Parameters<typeof authenticateConnection>[0] {
    return { row, purpose, instance: this.options.instance };
  }
}
