import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { LeasedEntity } from './owned.entity.js';
import { EXPIRY_NOT_NOTIFIED, SILENCE_NOT_NOTIFIED } from '../not-notified.js';
import { CONNECTION_REASONS } from '../reasons.js';
import { PowensUserEntity } from './powens-user.entity.js';

/**
 * A connection of an owner, as last seen at Powens.
 *
 * @internal
 */
@Entity('powens_connection')
@Index('powens_connection_powens_key', ['powensConnectionId', 'instance'], { unique: true })
@Index('powens_connection_owner_idx', ['ownerId', 'tenant', 'instance', 'id'])
@Index('powens_connection_user_idx', ['userId'])
@Index('powens_connection_lease_idx', ['instance', 'leasedUntil'], { where: 'leased_until IS NOT NULL' })
@Index('powens_connection_expiry_idx', ['instance', 'expiresAt'], { where: EXPIRY_NOT_NOTIFIED })
@Index('powens_connection_silence_idx', ['instance', 'lastSyncedAt'], { where: SILENCE_NOT_NOTIFIED })
@Index('powens_connection_remove_idx', ['instance', 'removeAt'], { where: 'remove_at IS NOT NULL' })
@Check('powens_connection_status_check', `status IN ('active', 'unconfirmed', 'deleting', 'gone')`)
@Check('powens_connection_reason_check', CONNECTION_REASONS)
export class ConnectionEntity extends LeasedEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'powens_connection_pkey' })
  id!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => PowensUserEntity, 'id', { name: 'powens_connection_user_fkey' })
  userId!: string;

  @Column('uuid', { name: 'attempt_id', nullable: true })
  attemptId!: string | null;

  /**
   * `unconfirmed` while no callback in the browser that started has confirmed it (OA-31); `deleting` from the
   * intent to delete until the deletion is complete; `gone` when Powens no longer has the connection: remembered for a
   * while, then kept as a tombstone, so that it never returns as an unattributed one.
   */
  @Column('varchar', { length: 16 })
  status!: string;

  /**
   * Why it is `deleting` (`requested`, `unconfirmed`) or `gone` (`gone_at_powens`, `deleted_at_powens`, `user_gone`). A
   * `gone` connection is never deleted at Powens.
   */
  @Column('varchar', { length: 32, name: 'removal_reason', nullable: true })
  removalReason!: string | null;

  @Column('varchar', { length: 20, name: 'powens_connection_id' })
  powensConnectionId!: string;

  /**
   * HMAC over the row's id, its Powens user and its id at Powens, made when Powens reported it: checked before the owner's
   * request to delete is stored.
   */
  @Column('varchar', { length: 128, select: false })
  authenticator!: string;

  /**
   * HMAC over the same and `removal_reason`: checked before it is deleted at Powens. Made with the intent or, for an
   * `unconfirmed` connection, at the start of its quarantine; null of a confirmed one.
   */
  @Column('varchar', { length: 128, name: 'removal_authenticator', nullable: true, select: false })
  removalAuthenticator!: string | null;

  @Column('varchar', { length: 64, name: 'connector_uuid', nullable: true })
  connectorUuid!: string | null;

  @Column('varchar', { length: 255, name: 'connector_name', nullable: true })
  connectorName!: string | null;

  /** State as reported by Powens, unknown ones included; null after a successful synchronisation. */
  @Column('varchar', { length: 64, nullable: true })
  state!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'last_synced_at', nullable: true })
  lastSyncedAt!: Date | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  /** The end of consent that the host was already notified of. */
  @Column('timestamptz', { name: 'expiry_notified_for', nullable: true })
  expiryNotifiedFor!: Date | null;

  /** No synchronisation is requested before this time. */
  @Column('timestamptz', { name: 'sync_not_before', nullable: true })
  syncNotBefore!: Date | null;

  /** Since when it is known and not confirmed. */
  @Column('timestamptz', { name: 'unconfirmed_since', nullable: true })
  unconfirmedSince!: Date | null;

  /**
   * When it is removed at Powens, unless it is confirmed before; for a `gone` connection, when it is reduced to a tombstone; null
   * of a tombstone.
   */
  @Column('timestamptz', { name: 'remove_at', nullable: true })
  removeAt!: Date | null;

  /** Increases with every change, so that each change is reported once, whichever process sees it. */
  @Column('int')
  revision!: number;

  /** The actor when it was created: the host's id of that person. */
  @Column('varchar', { length: 255, name: 'connected_by', nullable: true })
  connectedBy!: string | null;

  /** Metadata of the application: a JSON object of texts. */
  @Column('text', { nullable: true })
  metadata!: string | null;

  /** Start of the silence that `connection.silent` was last emitted for. */
  @Column('timestamptz', { name: 'silence_notified_at', nullable: true })
  silenceNotifiedAt!: Date | null;
}
