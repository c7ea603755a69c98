import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * An event that a consumer handled, or tried to handle: what a repeated delivery is recognised by.
 *
 * @internal
 */
@Entity('powens_consumed_event')
@Index('powens_consumed_event_touched_idx', ['touchedAt', 'consumer'])
export class ConsumedEventEntity {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'powens_consumed_event_pkey' })
  eventId!: string;

  /** Option `name` of the module: consumers of one database handle an event once each. */
  @PrimaryColumn('varchar', { length: 64, primaryKeyConstraintName: 'powens_consumed_event_pkey' })
  consumer!: string;

  /** Tries that failed, or that ended with their process. */
  @Column('int')
  tries!: number;

  /** When the handlers succeeded; null until then. */
  @Column('timestamptz', { name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;

  /** Time of the last write. */
  @Column('timestamptz', { name: 'touched_at' })
  touchedAt!: Date;
}
