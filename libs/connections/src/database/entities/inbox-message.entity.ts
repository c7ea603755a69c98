import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { QueuedMessageEntity } from './queued-message.entity.js';

/**
 * A verified webhook that waits for its processing, or was processed. Kept for a while, to recognise a repeated delivery.
 *
 * @see WH-06, WH-07
 * @internal
 */
@Entity('powens_inbox')
@Index('powens_inbox_dedupe_key', ['dedupeKey', 'instance'], { unique: true })
@Index('powens_inbox_order_idx', ['instance', 'orderKey', 'position'], { where: `status = 'pending'` })
@Index('powens_inbox_due_idx', ['instance', 'availableAt'], { where: `status = 'pending' AND tries >= 0` })
@Index('powens_inbox_lease_idx', ['orderKey'], { where: 'leased_until IS NOT NULL' })
@Index('powens_inbox_set_aside_idx', ['instance', 'status'], { where: `status IN ('parked', 'dead')` })
@Index('powens_inbox_unconfirmed_idx', ['powensConnectionId', 'instance'], {
  where: `status = 'unconfirmed'`,
})
@Index('powens_inbox_body_idx', ['instance', 'receivedAt'], { where: 'body IS NOT NULL' })
@Index('powens_inbox_connection_idx', ['powensConnectionId', 'event', 'instance'])
@Index('powens_inbox_user_idx', ['powensUserId', 'instance'])
@Index('powens_inbox_received_idx', ['receivedAt', 'instance'])
@Check(
  'powens_inbox_status_check',
  `status IN ('pending', 'unconfirmed', 'processed', 'ignored', 'parked', 'dead')`,
)
export class InboxMessageEntity extends QueuedMessageEntity {
  /** Order of arrival. */
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'powens_inbox_pkey' })
  position!: string;

  /** Powens' event name, as `CONNECTION_SYNCED`. */
  @Column('varchar', { length: 64 })
  event!: string;

  /** `id_webhook_data`; a hash of the body where that is missing. */
  @Column('varchar', { length: 64, name: 'dedupe_key' })
  dedupeKey!: string;

  /** Messages with the same key are processed one after the other. */
  @Column('varchar', { length: 64, name: 'order_key' })
  orderKey!: string;

  @Column('varchar', { length: 20, name: 'powens_user_id', nullable: true })
  powensUserId!: string | null;

  @Column('varchar', { length: 20, name: 'powens_connection_id', nullable: true })
  powensConnectionId!: string | null;

  /** The few values that processing needs, as JSON, so that it never loads a large body. */
  @Column('text', { nullable: true, select: false })
  summary!: string | null;

  /** The body, until its retention ends. */
  @Column('bytea', { nullable: true, select: false })
  body!: Buffer | null;

  /** `identity` or `gzip`. */
  @Column('varchar', { length: 16 })
  encoding!: string;

  /** `unconfirmed`: waits until its connection is confirmed; `parked`: its owner was not found in time; `dead`: it could not be processed. */
  @Column('varchar', { length: 16 })
  status!: string;

  @Column('varchar', { length: 64, name: 'error_code', nullable: true })
  errorCode!: string | null;

  @Column('int')
  tries!: number;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;
}
