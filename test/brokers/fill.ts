import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';

/** Appends events to the outbox in one transaction, in turn for each of the connections. */
export async function fill(
  manager: EntityManager,
  { events, connections }: { readonly events: number; readonly connections: number },
): Promise<void> {
  const keys = Array.from({ length: connections }, () => randomUUID());
  await manager.query(
    `INSERT INTO powens_outbox (id, instance, tenant, owner_id, type, order_key, payload, status, deliveries, created_at, available_at)
     SELECT e.id, 'default', '', 'ann', 'connection.synced', e.key, jsonb_build_object('id', e.id, 'type', 'connection.synced',
       'version', 1, 'occurredAt', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'instance', 'default', 'ownerId', 'ann', 'tenant', '',
       'attemptId', NULL, 'connectionId', e.key, 'powensConnectionId', '1', 'powensUserId', '1',
       'data', jsonb_build_object('lastSyncedAt', NULL, 'state', NULL, 'webhookId', NULL, 'sequence', e.n))::text,
       'pending', 0, now(), now()
     FROM (SELECT gen_random_uuid() AS id, ($1::uuid[])[1 + n % $2::int] AS key, n FROM generate_series(0, $3::int - 1) n ORDER BY n) e`,
    [keys, connections, events],
  );
}
