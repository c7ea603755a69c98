import { Column } from 'typeorm';

/**
 * A message of a queue that is processed in order per key.
 *
 * @internal
 */
export abstract class QueuedMessageEntity {
  /** The registration of the module that the row belongs to. */
  @Column('varchar', { length: 64 })
  instance!: string;

  /** Empty without tenants, and in the inbox until the owner is found. */
  @Column('varchar', { length: 64 })
  tenant!: string;

  /** When it may be claimed next; while it is held, the end of the lease. */
  @Column('timestamptz', { name: 'available_at' })
  availableAt!: Date;

  /** Fencing token of the process that holds the lease. */
  @Column('uuid', { name: 'lease_token', nullable: true })
  leaseToken!: string | null;

  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;

  /** Span that wrote it, in the format of W3C Trace Context; null without telemetry. */
  @Column('varchar', { length: 55, name: 'trace_parent', nullable: true, select: false })
  traceParent!: string | null;
}
