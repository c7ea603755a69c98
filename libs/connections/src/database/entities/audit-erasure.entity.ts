import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * An owner who was erased, and whose rows of the audit trail still have to be anonymised. Written with the erasure itself, so that no
 * process has to remember it, and removed a day later.
 *
 * @internal
 */
@Entity('powens_audit_erasure')
export class AuditErasureEntity {
  @PrimaryColumn('varchar', {
    length: 255,
    name: 'owner_id',
    primaryKeyConstraintName: 'powens_audit_erasure_pkey',
  })
  ownerId!: string;

  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'powens_audit_erasure_pkey' })
  tenant!: string;

  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'powens_audit_erasure_pkey' })
  instance!: string;

  @Column('timestamptz', { name: 'erased_at' })
  erasedAt!: Date;
}
