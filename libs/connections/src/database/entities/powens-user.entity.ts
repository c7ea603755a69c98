import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * The association of an owner with its one Powens user, and the sealed access token.
 *
 * @see TC-05, TC-17, TC-18
 * @internal
 */
@Entity('powens_user')
@Index('powens_user_owner_key', ['instance', 'tenant', 'ownerId'], { unique: true })
@Index('powens_user_powens_user_key', ['instance', 'powensUserId'], { unique: true })
@Check('powens_user_status_check', `status IN ('active', 'revoking', 'deleted')`)
@Check('powens_user_token_check', `status <> 'active' OR sealed_token IS NOT NULL`)
export class PowensUserEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'powens_user_pkey' })
  id!: string;

  @Column('varchar', { length: 64 })
  instance!: string;

  @Column('varchar', { length: 64 })
  tenant!: string;

  @Column('varchar', { length: 255, name: 'owner_id' })
  ownerId!: string;

  @Column('varchar', { length: 20, name: 'powens_user_id' })
  powensUserId!: string;

  @Column('varchar', { length: 16 })
  status!: string;

  /** The envelope. Its plaintext never enters an entity (TC-16). */
  @Column('text', { name: 'sealed_token', nullable: true, select: false })
  sealedToken!: string | null;

  @Column('varchar', { length: 64, name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
