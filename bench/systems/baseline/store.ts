import type pg from 'pg';

const INSTANCE = 'baseline';

/** A claimed attempt. */
export interface Claimed {
  readonly id: string;
  readonly ownerId: string;
}

/** What one completed flow makes durable. */
export interface Completion {
  readonly attempt: Claimed;
  readonly userId: string;
  readonly powensUserId: string;
  readonly sealedToken: string;
  readonly connectionId: string;
  readonly powensConnectionId: string;
  readonly connectorUuid: string | null;
  readonly connectorName: string | null;
  readonly eventId: string;
  readonly payload: string;
}

const INSERT_ATTEMPT = `
  INSERT INTO baseline_attempt (id, instance, tenant, owner_id, flow, status, state_hash, binding_hash, expects_code,
    redirect_uri, connection_ids, created_at, expires_at)
  VALUES ($1, '${INSTANCE}', '', $2, 'connect', 'pending', $3, $4, true, $5, '[]', now(), now() + interval '35 minutes')
  RETURNING expires_at`;

const CLAIM_ATTEMPT = `
  UPDATE baseline_attempt
  SET status = 'claimed', code_hash = $3, lease_expires_at = now() + interval '90 seconds'
  WHERE instance = '${INSTANCE}' AND state_hash = $1 AND binding_hash = $2 AND owner_id = $4
    AND status = 'pending' AND expires_at > now()
  RETURNING id, owner_id`;

const COMPLETE = `
  WITH attempt AS (
    UPDATE baseline_attempt SET status = 'connected', connection_ids = $9, completed_at = now()
    WHERE id = $1 AND status = 'claimed' RETURNING 1
  ), account AS (
    INSERT INTO baseline_user (id, instance, tenant, owner_id, powens_user_id, status, sealed_token, key_id, created_at,
      updated_at)
    VALUES ($3, '${INSTANCE}', '', $2, $4, 'active', $5, 'k1', now(), now())
  ), connection AS (
    INSERT INTO baseline_connection (id, instance, tenant, owner_id, user_id, attempt_id, powens_connection_id,
      connector_uuid, connector_name, created_at)
    VALUES ($6, '${INSTANCE}', '', $2, $3, $1, $7, $8, $12, now())
  )
  INSERT INTO baseline_outbox (id, instance, tenant, type, order_key, payload, status, deliveries, created_at, available_at)
  SELECT $10, '${INSTANCE}', '', 'connection.created', $6, $11, 'pending', 0, now(), now() FROM attempt
  RETURNING position`;

const MARK_DELIVERED = `
  UPDATE baseline_outbox SET status = 'delivered', deliveries = 1, completed_at = now()
  WHERE position = ANY($1::bigint[])`;

/** The baseline's SQL, four prepared statements, each its own transaction. */
export class BaselineStore {
  #committed: string[] = [];
  #marking: Promise<void> | null = null;

  constructor(private readonly pool: pg.Pool) {}

  /** Stores an attempt; gives its expiry. */
  async insertAttempt(
    id: string,
    ownerId: string,
    hashes: { state: Buffer; binding: Buffer },
    redirectUri: string,
  ): Promise<Date> {
    const { rows } = await this.pool.query<{ expires_at: Date }>({
      name: 'insert_attempt',
      text: INSERT_ATTEMPT,
      values: [id, ownerId, hashes.state, hashes.binding, redirectUri],
    });
    return first(rows).expires_at;
  }

  /** Claims an attempt by one conditional update. */
  async claim(presented: {
    state: Buffer;
    binding: Buffer;
    code: Buffer;
    ownerId: string;
  }): Promise<Claimed | null> {
    const { rows } = await this.pool.query<{ id: string; owner_id: string }>({
      name: 'claim_attempt',
      text: CLAIM_ATTEMPT,
      values: [presented.state, presented.binding, presented.code, presented.ownerId],
    });
    const [row] = rows;
    return row === undefined ? null : { id: row.id, ownerId: row.owner_id };
  }

  /** Writes attempt, user and sealed token, connection and outbox row in one statement. */
  async complete(done: Completion): Promise<void> {
    const { rows } = await this.pool.query<{ position: string }>({
      name: 'complete',
      text: COMPLETE,
      values: [
        done.attempt.id,
        done.attempt.ownerId,
        done.userId,
        done.powensUserId,
        done.sealedToken,
        done.connectionId,
        done.powensConnectionId,
        done.connectorUuid,
        JSON.stringify([done.connectionId]),
        done.eventId,
        done.payload,
        done.connectorName,
      ],
    });
    this.#committed.push(first(rows).position);
  }

  /**
   * Marks what was committed as delivered, as many rows at once as came together meanwhile. Without the claim and the
   * lease that a relay needs: this process already knows the rows.
   */
  deliver(handle: () => void): void {
    if (this.#marking === null && this.#committed.length > 0) {
      this.#marking = this.markDelivered(handle).finally(() => {
        this.#marking = null;
      });
      this.#marking.catch((error: unknown) => {
        console.error(error);
        process.exit(1);
      });
    }
  }

  /** Waits until everything is marked. */
  async close(): Promise<void> {
    await this.#marking;
  }

  private async markDelivered(handle: () => void): Promise<void> {
    while (this.#committed.length > 0) {
      const positions = this.#committed;
      this.#committed = [];
      positions.forEach(handle);
      await this.pool.query({ name: 'mark_delivered', text: MARK_DELIVERED, values: [positions] });
    }
  }
}

function first<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) {
    throw new Error('a statement of the baseline touched no row');
  }
  return row;
}
