import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { QueuedMessageEntity } from './queued-message.entity.js';

/**
 * An event that waits for its delivery. Written in the transaction that it reports.
 *
 * @see RL-20 to RL-23
 * @internal
 */
@Entity('powens_outbox')
@Index('powens_outbox_order_idx', ['instance', 'orderKey', 'position'], { where: `status = 'pending'` })
@Index('powens_outbox_due_idx', ['instance', 'availableAt'], {
  where: `status = 'pending' AND deliveries >= 0`,
})
@Index('powens_outbox_lease_idx', ['orderKey'], { where: 'leased_until IS NOT NULL' })
@Index('powens_outbox_dead_idx', ['position'], { where: `status = 'dead'` })
@Index('powens_outbox_dead_event_idx', ['id'], { where: `status IN ('dead', '')` })
@Index('powens_outbox_completed_idx', ['instance', 'completedAt'], { where: 'completed_at IS NOT NULL' })
@Index('powens_outbox_farewell_idx', ['instance', 'completedAt'], { where: `type = 'user.deleted'` })
@Index('powens_outbox_owner_idx', ['ownerId', 'tenant', 'instance'])
@Check('powens_outbox_status_check', `status IN ('pending', 'delivered', 'dead')`)
export class OutboxMessageEntity extends QueuedMessageEntity {
  /** Order within one connection. Gaps and late commits are harmless: messages are claimed by status (RL-22). */
  @PrimaryGeneratedColumn('increment', {
    type: 'bigint',
    primaryKeyConstraintName: 'powens_outbox_pkey',
  })
  position!: string;

  /** The event's id, uuidv7. */
  @Column('uuid')
  id!: string;

  @Column('varchar', { length: 255, name: 'owner_id' })
  ownerId!: string;

  @Column('varchar', { length: 64 })
  type!: string;

  /** Messages with the same key are delivered one after the other. */
  @Column('uuid', { name: 'order_key' })
  orderKey!: string;

  /** The event as JSON. */
  @Column('text')
  payload!: string;

  @Column('varchar', { length: 16 })
  status!: string;

  @Column('int')
  deliveries!: number;

  /** JSON array of who has completed the event: the publisher, and ids of handlers. Null until a delivery failed. */
  @Column('text', { name: 'delivered_to', nullable: true })
  deliveredTo!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
