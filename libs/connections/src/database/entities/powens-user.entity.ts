import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { LeasedEntity } from './owned.entity.js';
import { USER_REASONS } from '../reasons.js';

/**
 * The association of an owner with its one Powens user, and the sealed access token.
 *
 * @see TC-05, TC-17, TC-18
 * @internal
 */
@Entity('powens_user')
@Index('powens_user_owner_key', ['ownerId', 'tenant', 'instance'], { unique: true })
@Index('powens_user_powens_user_key', ['powensUserId', 'instance'], { unique: true })
@Check(
  'powens_user_status_check',
  `status IN ('provisioning', 'active', 'revoking', 'revoked', 'lost', 'forgetting', 'erasing', 'erased')`,
)
@Check('powens_user_reason_check', USER_REASONS)
@Index('powens_user_lease_idx', ['instance', 'leasedUntil'], { where: 'leased_until IS NOT NULL' })
@Index('powens_user_key_idx', ['instance', 'keyId', 'id'], { where: 'key_id IS NOT NULL' })
@Index('powens_user_due_idx', ['instance', 'reconcileAt'], {
  where: `status IN ('active', 'lost', 'revoked') AND reconcile_at IS NOT NULL`,
})
@Index('powens_user_unplanned_idx', ['instance'], {
  where: `status IN ('active', 'lost', 'revoked') AND reconcile_at IS NULL`,
})
@Index('powens_user_reconciled_idx', ['instance', 'reconciledAt'], { where: 'reconciled_at IS NOT NULL' })
@Index('powens_user_provider_idx', ['instance', 'apiOrigin', 'clientId'], { where: 'api_origin IS NOT NULL' })
@Check('powens_user_token_check', `status <> 'active' OR sealed_token IS NOT NULL`)
@Check(
  'powens_user_provider_check',
  `status = 'erased' OR (api_origin IS NOT NULL AND client_id IS NOT NULL)`,
)
@Check(
  'powens_user_authenticator_check',
  `powens_user_id IS NULL OR status = 'erased' OR authenticator IS NOT NULL`,
)
export class PowensUserEntity extends LeasedEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'powens_user_pkey' })
  id!: string;

  /** Null while the Powens user is being created; a hash once it is erased. */
  @Column('varchar', { length: 64, name: 'powens_user_id', nullable: true })
  powensUserId!: string | null;

  /** Provider that the Powens user belongs to: origin of the API. Null once it is erased. */
  @Column('varchar', { length: 512, name: 'api_origin', nullable: true })
  apiOrigin!: string | null;

  /** Provider that the Powens user belongs to: the client application. Null once it is erased. */
  @Column('varchar', { length: 64, name: 'client_id', nullable: true })
  clientId!: string | null;

  /**
   * HMAC over owner, Powens user and provider: checked before the client secret acts for the user. Null while there is no
   * Powens user.
   */
  @Column('varchar', { length: 128, nullable: true, select: false })
  authenticator!: string | null;

  /**
   * `provisioning` (being created), `active`, `revoking` and `revoked` (the token is gone, the Powens user is not), `lost`
   * (Powens no longer finds the user: all data is kept, in case it is found again), `forgetting` (erased here, not at Powens),
   * `erasing` (erased here and at Powens) and `erased` (a tombstone: ids hashed, nothing else kept).
   */
  @Column('varchar', { length: 16 })
  status!: string;

  /**
   * `requested` while `erasing`, `user_gone` while `lost` or `forgetting`, `token_lost` while `revoked` because Powens refused the
   * token: its ciphertext is kept for a while then.
   */
  @Column('varchar', { length: 32, name: 'status_reason', nullable: true })
  statusReason!: string | null;

  /** Whether a lost token may be renewed automatically: users that this module did not create may have other tokens (RL-09). */
  @Column('boolean')
  renewable!: boolean;

  /** The envelope. Its plaintext never enters an entity (TC-16). */
  @Column('text', { name: 'sealed_token', nullable: true, select: false })
  sealedToken!: string | null;

  /** Key that seals the token and made the authenticator: both are always of one key. */
  @Column('varchar', { length: 64, name: 'key_id', nullable: true })
  keyId!: string | null;

  /** When it is compared with Powens next; null for as soon as possible. */
  @Column('timestamptz', { name: 'reconcile_at', nullable: true })
  reconcileAt!: Date | null;

  /** Start of the last comparison: limits the rate of all replicas together to Powens' fair use. */
  @Column('timestamptz', { name: 'reconciled_at', nullable: true })
  reconciledAt!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
