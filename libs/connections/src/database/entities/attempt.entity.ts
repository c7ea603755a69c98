import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One try of an owner to go through the webview. The state itself is never stored, only its SHA-256.
 *
 * @see OA-01, OA-02
 * @internal
 */
@Entity('powens_attempt')
@Index('powens_attempt_state_key', ['instance', 'stateHash'], { unique: true })
@Index('powens_attempt_owner_idx', ['instance', 'tenant', 'ownerId'])
@Index('powens_attempt_expiry_idx', ['instance', 'expiresAt'])
@Check(
  'powens_attempt_status_check',
  `status IN ('pending', 'claimed', 'connected', 'denied', 'failed', 'expired', 'unknown')`,
)
export class AttemptEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'powens_attempt_pkey' })
  id!: string;

  @Column('varchar', { length: 64 })
  instance!: string;

  @Column('varchar', { length: 64 })
  tenant!: string;

  @Column('varchar', { length: 255, name: 'owner_id' })
  ownerId!: string;

  @Column('varchar', { length: 16 })
  flow!: string;

  @Column('varchar', { length: 16 })
  status!: string;

  @Column('bytea', { name: 'state_hash', select: false })
  stateHash!: Buffer;

  @Column('bytea', { name: 'binding_hash', select: false })
  bindingHash!: Buffer;

  /** SHA-256 of the code that claimed the attempt: tells a reload from a substituted code (OA-11). */
  @Column('bytea', { name: 'code_hash', nullable: true, select: false })
  codeHash!: Buffer | null;

  /** Whether the webview was opened without a code, so that the callback must bring one. */
  @Column('boolean', { name: 'expects_code' })
  expectsCode!: boolean;

  @Column('varchar', { length: 2048, name: 'redirect_uri' })
  redirectUri!: string;

  @Column('varchar', { length: 2048, name: 'return_to', nullable: true })
  returnTo!: string | null;

  /** The connection that a reconnect is about. */
  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;

  /** JSON array of the ids of the connections that came out of it. */
  @Column('text', { name: 'connection_ids' })
  connectionIds!: string;

  @Column('varchar', { length: 64, name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'lease_expires_at', nullable: true })
  leaseExpiresAt!: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;

  /** Who acts for the owner, in the host's words. */
  @Column('varchar', { length: 255, name: 'connected_by', nullable: true })
  connectedBy!: string | null;

  /** JSON object of texts that the connections will carry. */
  @Column('text', { nullable: true })
  metadata!: string | null;
}
