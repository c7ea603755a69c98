import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Both ends of the audit trail of an instance: what was removed at the end of the retention, and the newest row.
 *
 * @internal
 */
@Entity('powens_audit_head')
export class AuditHeadEntity {
  /** The instance. Named as no other column, so that no other statement could use its index. */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'powens_audit_head_pkey' })
  chain!: string;

  /** Position of the newest row. */
  @Column('bigint')
  position!: string;

  /** Its authenticator. */
  @Column('varchar', { length: 128 })
  mac!: string;

  /** Position of the last row that the retention removed; 0 when it removed none. */
  @Column('bigint', { name: 'purged_position' })
  purgedPosition!: string;

  /** Its authenticator. */
  @Column('varchar', { length: 128, name: 'purged_mac' })
  purgedMac!: string;

  @Column('varchar', { length: 128 })
  authenticator!: string;
}
