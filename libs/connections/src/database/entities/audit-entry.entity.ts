import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * An entry of the audit trail. Rows are added at the end and removed at the beginning; only the erasure of an owner changes one.
 *
 * @internal
 */
@Entity('powens_audit')
@Index('powens_audit_position_key', ['instance', 'position'], { unique: true, where: 'position > 0' })
@Index('powens_audit_owner_idx', ['ownerId', 'tenant', 'instance'], { where: 'owner_id IS NOT NULL' })
@Check('powens_audit_position_check', 'position > 0')
@Check('powens_audit_identity_check', '(salt IS NULL) = (owner_id IS NULL)')
export class AuditEntryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'powens_audit_pkey' })
  id!: string;

  @Column('varchar', { length: 64 })
  instance!: string;

  /** Counts from 1 in each instance, without a gap. */
  @Column('bigint')
  position!: string;

  /** When the operation ended, by the clock of the process. */
  @Column('timestamptz', { name: 'ended_at' })
  endedAt!: Date;

  /** When the row was written, by the clock of the database. */
  @Column('timestamptz', { name: 'recorded_at' })
  recordedAt!: Date;

  /** Null once the owner was erased, as are tenant, actor and salt. */
  @Column('varchar', { length: 255, name: 'owner_id', nullable: true })
  ownerId!: string | null;

  @Column('varchar', { length: 64, nullable: true })
  tenant!: string | null;

  @Column('varchar', { length: 255, nullable: true })
  actor!: string | null;

  /** Random: without it, `identity` says nothing about the owner. */
  @Column('varchar', { length: 32, nullable: true })
  salt!: string | null;

  /** Hash of salt, tenant, owner and actor. */
  @Column('varchar', { length: 64 })
  identity!: string;

  @Column('varchar', { length: 16 })
  initiator!: string;

  @Column('varchar', { length: 128 })
  operation!: string;

  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;

  @Column('varchar', { length: 64 })
  outcome!: string;

  /** Authenticator of this row and of the one before. */
  @Column('varchar', { length: 128 })
  mac!: string;

  /** Authenticates that this library removed the owner. */
  @Column('varchar', { length: 128, name: 'erasure_mac', nullable: true })
  erasureMac!: string | null;
}
