import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { OwnedEntity } from './owned.entity.js';

/**
 * A link by which an owner starts a connection in a browser of their own. The token of the link is never stored, only its SHA-256.
 *
 * @internal
 */
@Entity('powens_link')
@Index('powens_link_token_key', ['tokenHash', 'instance'], { unique: true })
@Index('powens_link_owner_idx', ['ownerId', 'tenant', 'instance', 'expiresAt'])
@Index('powens_link_expiry_idx', ['expiresAt', 'instance'], { where: 'uses_left < 1000' })
@Check('powens_link_uses_check', `uses_left >= 0`)
export class ShareLinkEntity extends OwnedEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'powens_link_pkey' })
  id!: string;

  @Column('bytea', { name: 'token_hash', select: false })
  tokenHash!: Buffer;

  /** Options of the start, sealed for this row and owner: an edited row opens for no user. */
  @Column('text', { name: 'sealed_request', select: false })
  sealedRequest!: string;

  /** How many starts are left. */
  @Column('int', { name: 'uses_left' })
  usesLeft!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
