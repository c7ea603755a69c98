import { Column } from 'typeorm';

/**
 * A row of an owner. Every column that a table shares with others is named alike.
 *
 * @internal
 */
export abstract class OwnedEntity {
  /** The registration of the module that the row belongs to. */
  @Column('varchar', { length: 64 })
  instance!: string;

  @Column('varchar', { length: 64 })
  tenant!: string;

  @Column('varchar', { length: 255, name: 'owner_id' })
  ownerId!: string;
}

/**
 * A row of an owner that one process at a time may change.
 *
 * @internal
 */
export abstract class LeasedEntity extends OwnedEntity {
  /** Fencing token of the process that holds the lease: creates, renews, synchronises, revokes, deletes or erases. */
  @Column('uuid', { name: 'lease_token', nullable: true })
  leaseToken!: string | null;

  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;
}
