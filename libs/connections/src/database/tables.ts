import { raw, type Sql } from 'sql-template-tag';
import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import { AuditEntryEntity } from './entities/audit-entry.entity.js';
import { AuditErasureEntity } from './entities/audit-erasure.entity.js';
import { AuditHeadEntity } from './entities/audit-head.entity.js';
import { AttemptEntity } from './entities/attempt.entity.js';
import { ConnectionEntity } from './entities/connection.entity.js';
import { InboxMessageEntity } from './entities/inbox-message.entity.js';
import { LossEntity } from './entities/loss.entity.js';
import { OutboxMessageEntity } from './entities/outbox-message.entity.js';
import { PowensUserEntity } from './entities/powens-user.entity.js';
import { ShareLinkEntity } from './entities/share-link.entity.js';

/**
 * The entities that the host adds to its DataSource.
 *
 * @public
 */
export const CONNECTIONS_ENTITIES = [
  AttemptEntity,
  PowensUserEntity,
  ConnectionEntity,
  LossEntity,
  OutboxMessageEntity,
  InboxMessageEntity,
  ShareLinkEntity,
  AuditEntryEntity,
  AuditHeadEntity,
  AuditErasureEntity,
] as const;

/**
 * The library's tables as SQL, quoted, with the host's schema and `entityPrefix`.
 *
 * @internal
 */
export interface Tables {
  readonly attempt: Sql;
  readonly user: Sql;
  readonly connection: Sql;
  readonly loss: Sql;
  readonly outbox: Sql;
  readonly inbox: Sql;
  readonly link: Sql;
  readonly audit: Sql;
  readonly auditHead: Sql;
  readonly auditErasure: Sql;
}

/** Resolves the table names from the host's DataSource. */
export function tablesOf(dataSource: DataSource): Tables {
  const table = (entity: EntityTarget<ObjectLiteral>): Sql => {
    const path = dataSource.getMetadata(entity).tablePath;
    return raw(path.split('.').map(quoted).join('.'));
  };
  return {
    attempt: table(AttemptEntity),
    user: table(PowensUserEntity),
    connection: table(ConnectionEntity),
    loss: table(LossEntity),
    outbox: table(OutboxMessageEntity),
    inbox: table(InboxMessageEntity),
    link: table(ShareLinkEntity),
    audit: table(AuditEntryEntity),
    auditHead: table(AuditHeadEntity),
    auditErasure: table(AuditErasureEntity),
  };
}

/**
 * The same table, with the schema that it is in: whatever `search_path` the application leaves on a session, it is found there.
 *
 * @internal
 */
export function inSchema({ sql: table }: Sql, schema: string): Sql {
  return raw(`${quoted(schema)}.${table.slice(table.lastIndexOf('."') + 1)}`);
}

/** A name as SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
