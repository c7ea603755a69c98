import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, timeOrNull, type EpochMs } from '../database/sql.js';
import type { Owner } from '../values/owner.js';
import { hashOf, mintSecret, SECRET_PATTERN } from './attempt-secrets.js';
import { ownedBy } from './attempt.predicates.js';

/** What is stored of a link. */
export interface NewShareLink {
  readonly id: string;
  readonly owner: Owner;
  readonly sealedRequest: string;
  readonly lifetimeSeconds: number;
  readonly maxUses: number;
  /** Maximum number of usable links per owner. */
  readonly maxLinks: number;
}

/** A link that was stored. Its token exists here and nowhere else. */
export interface IssuedShareLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/** A link of which one use was taken. */
export interface UsedShareLink {
  readonly id: string;
  readonly sealedRequest: string;
}

/**
 * Inserts, uses and removes share links. Every comparison with the time uses the database's clock.
 *
 * @internal
 */
@Injectable()
export class ShareLinkRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Stores a link with a new token.
   *
   * @returns null when the owner has too many links that can be used
   */
  async insert(link: NewShareLink): Promise<IssuedShareLink | null> {
    const { link: table } = this.database.tables;
    const token = mintSecret();
    const usable = sql`SELECT 1 FROM ${table}
      WHERE ${ownedBy(this.database.instance, link.owner)} AND expires_at > now() AND uses_left > 0 LIMIT ${link.maxLinks}::int`;
    const [row] = await this.database.query<{ expires_ms: EpochMs }>(sql`
      INSERT INTO ${table} (id, instance, tenant, owner_id, token_hash, sealed_request, uses_left, created_at, expires_at)
      SELECT ${link.id}::uuid, ${this.database.instance}, ${link.owner.tenant}, ${link.owner.id}, ${hashOf(token)}::bytea,
        ${link.sealedRequest}, ${link.maxUses}::int, now(), now() + ${link.lifetimeSeconds}::int * interval '1 second'
      WHERE (SELECT count(*) FROM (${usable}) AS usable) < ${link.maxLinks}::int
      RETURNING ${epochMs(sql`expires_at`)} AS expires_ms`);
    const expiresAt = timeOrNull(row?.expires_ms ?? null);
    return expiresAt === null ? null : { token, expiresAt };
  }

  /** Seconds until one of the owner's links expires. */
  async secondsToRoom(owner: Owner): Promise<number> {
    const { link } = this.database.tables;
    const [row] = await this.database.query<{ seconds: number | null }>(sql`
      SELECT ceil(extract(epoch FROM min(expires_at) - now()))::int AS seconds FROM ${link}
      WHERE ${ownedBy(this.database.instance, owner)} AND expires_at > now() AND uses_left > 0`);
    return Math.max(1, row?.seconds ?? 1);
  }

  /**
   * Takes one use of a link. One statement checks token, owner, expiry and uses, so that of parallel requests no more than the allowed
   * number succeed. A use whose answer is lost is not released.
   *
   * @returns null for a link that this owner cannot use, whatever the reason is
   */
  async use(owner: Owner, token: string): Promise<UsedShareLink | null> {
    if (!SECRET_PATTERN.test(token)) {
      return null;
    }
    const { link } = this.database.tables;
    const [row] = await this.database.query<{ id: string; sealed_request: string }>(sql`
      UPDATE ${link} SET uses_left = uses_left - 1
      WHERE token_hash = ${hashOf(token)} AND ${ownedBy(this.database.instance, owner)} AND expires_at > now() AND uses_left > 0
      RETURNING id, sealed_request`);
    return row === undefined ? null : { id: row.id, sealedRequest: row.sealed_request };
  }

  /** Releases a use whose start failed. A link that was revoked meanwhile stays revoked. */
  async release(id: string): Promise<void> {
    const { link } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${link} SET uses_left = uses_left + 1 WHERE id = ${id} AND instance = ${this.database.instance}`);
  }

  /**
   * Removes a link of an owner.
   *
   * @returns false when the owner has no such link
   */
  async remove(owner: Owner, id: string): Promise<boolean> {
    const { link } = this.database.tables;
    const rows = await this.database.query(sql`
      DELETE FROM ${link} WHERE id = ${id} AND ${ownedBy(this.database.instance, owner)} RETURNING 1`);
    return rows.length === 1;
  }

  /**
   * Removes links that have expired.
   *
   * @returns how many were removed: fewer than `limit` when there are no more
   */
  async purge(limit: number): Promise<number> {
    const { link } = this.database.tables;
    const rows = await this.database.query(
      sql`DELETE FROM ${link} WHERE id = ANY(ARRAY(
        SELECT id FROM ${link}
        WHERE expires_at < now() AND uses_left < 1000 AND instance = ${this.database.instance}
        ORDER BY expires_at LIMIT ${limit}
      )) RETURNING 1`,
      { ...BACKGROUND, repeatable: true },
    );
    return rows.length;
  }
}
