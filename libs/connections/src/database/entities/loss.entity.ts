import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Something that Powens no longer finds: a connection, a Powens user or a token. Durable, since two checks at different times must
 * agree and all replicas share one limit.
 *
 * @internal
 */
@Entity('powens_loss')
@Index('powens_loss_subject_key', ['subjectId', 'subject', 'instance'], { unique: true })
@Index('powens_loss_user_idx', ['userId'])
@Index('powens_loss_open_idx', ['instance', 'status'], {
  where: `status IN ('suspected', 'held', 'granted')`,
})
@Index('powens_loss_granted_idx', ['instance', 'grantedAt'], { where: 'granted_at IS NOT NULL' })
@Index('powens_loss_ended_idx', ['instance', 'endedAt'], { where: 'ended_at IS NOT NULL' })
@Check('powens_loss_subject_check', `subject IN ('connection', 'user', 'token')`)
@Check('powens_loss_status_check', `status IN ('suspected', 'held', 'granted', 'applied', 'recovered')`)
export class LossEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'powens_loss_pkey' })
  id!: string;

  @Column('varchar', { length: 64 })
  instance!: string;

  /** `connection`, `user` or `token`. */
  @Column('varchar', { length: 16 })
  subject!: string;

  /** Id here of the connection, or of the Powens user's row. */
  @Column('uuid', { name: 'subject_id' })
  subjectId!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  /** Last answer of Powens. */
  @Column('varchar', { length: 32 })
  evidence!: string;

  /**
   * `suspected` until a second check agrees; `held` above the limit; `granted` once it counts against the limit; `applied`;
   * `recovered` when Powens found the subject again, or the loss ended otherwise.
   */
  @Column('varchar', { length: 16 })
  status!: string;

  /** Number of connections that the loss removes. */
  @Column('int')
  weight!: number;

  /** Which token was refused: another one is another loss. */
  @Column('varchar', { length: 64, name: 'token_digest', nullable: true })
  tokenDigest!: string | null;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;

  @Column('timestamptz', { name: 'last_seen_at' })
  lastSeenAt!: Date;

  @Column('timestamptz', { name: 'held_at', nullable: true })
  heldAt!: Date | null;

  /** When a person approved it: such a loss does not count against the limit. */
  @Column('timestamptz', { name: 'approved_at', nullable: true })
  approvedAt!: Date | null;

  @Column('timestamptz', { name: 'granted_at', nullable: true })
  grantedAt!: Date | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
