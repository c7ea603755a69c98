import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { OwnedEntity } from './owned.entity.js';

/**
 * One try of an owner to go through the webview. The state itself is never stored, only its SHA-256.
 *
 * @see OA-01, OA-02
 * @internal
 */
@Entity('powens_attempt')
@Index('powens_attempt_state_key', ['stateHash', 'instance'], { unique: true })
@Index('powens_attempt_owner_idx', ['ownerId', 'tenant', 'instance', 'expiresAt'])
@Index('powens_attempt_binding_idx', ['bindingHash', 'expiresAt'], {
  where: `status = 'pending' AND exchanges = 0`,
})
@Index('powens_attempt_due_idx', ['instance', 'leaseExpiresAt'], { where: `lease_expires_at IS NOT NULL` })
@Index('powens_attempt_expiry_idx', ['expiresAt', 'instance'])
@Check(
  'powens_attempt_status_check',
  `status IN ('pending', 'claimed', 'connected', 'denied', 'failed', 'expired', 'unknown')`,
)
@Check('powens_attempt_secrets_check', `status = 'claimed' OR (sealed_code IS NULL AND sealed_token IS NULL)`)
export class AttemptEntity extends OwnedEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'powens_attempt_pkey' })
  id!: string;

  @Column('varchar', { length: 16 })
  flow!: string;

  @Column('varchar', { length: 16 })
  status!: string;

  @Column('bytea', { name: 'state_hash', select: false })
  stateHash!: Buffer;

  @Column('bytea', { name: 'binding_hash', select: false })
  bindingHash!: Buffer;

  /** SHA-256 of the code that claimed the attempt: distinguishes a reload from a substituted code (OA-11). */
  @Column('bytea', { name: 'code_hash', nullable: true, select: false })
  codeHash!: Buffer | null;

  /** The code, sealed, from the claim until it is used up; an attempt that ended holds none (RL-04). */
  @Column('text', { name: 'sealed_code', nullable: true, select: false })
  sealedCode!: string | null;

  /** The token obtained for the code, sealed, until the attempt ends. */
  @Column('text', { name: 'sealed_token', nullable: true, select: false })
  sealedToken!: string | null;

  /** JSON array of the Powens ids that the callback named, from the claim until the attempt ends. */
  @Column('text', { name: 'claimed_ids', nullable: true })
  claimedIds!: string | null;

  /** Exchanges of the code, counted before each is sent; one too many where none was possible any more. */
  @Column('int')
  exchanges!: number;

  /** Number of times that the completion was postponed. */
  @Column('int')
  postponed!: number;

  /** Fencing token of the process that completes the attempt; null while none does. */
  @Column('uuid', { name: 'lease_token', nullable: true })
  leaseToken!: string | null;

  /** Powens user that was left behind, since it could not be deleted; `?` when its id is not known. */
  @Column('varchar', { length: 64, nullable: true })
  orphan!: string | null;

  /** Whether the webview was opened without a code, so that the callback must bring one. */
  @Column('boolean', { name: 'expects_code' })
  expectsCode!: boolean;

  @Column('varchar', { length: 2048, name: 'redirect_uri' })
  redirectUri!: string;

  @Column('varchar', { length: 2048, name: 'return_to', nullable: true })
  returnTo!: string | null;

  /** The connection to reconnect. */
  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;

  /** JSON array of the ids of the connections that came out of it. */
  @Column('text', { name: 'connection_ids' })
  connectionIds!: string;

  /** Why the attempt ended; while it is claimed, the error that its callback carried. */
  @Column('varchar', { length: 64, name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** When the completion may be taken over or resumed; null unless claimed. */
  @Column('timestamptz', { name: 'lease_expires_at', nullable: true })
  leaseExpiresAt!: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;

  /** Who acts for the owner, in the host's words. */
  @Column('varchar', { length: 255, name: 'connected_by', nullable: true })
  connectedBy!: string | null;

  /** Proves that this library issued the attempt to this owner, browser and purpose. */
  @Column('varchar', { length: 128, nullable: true, select: false })
  authenticator!: string | null;

  /** JSON object of texts that the connections will carry. */
  @Column('text', { nullable: true })
  metadata!: string | null;

  /** Span that issued it, in the format of W3C Trace Context; null without telemetry. */
  @Column('varchar', { length: 55, name: 'trace_parent', nullable: true, select: false })
  traceParent!: string | null;
}
