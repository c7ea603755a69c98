import sql from 'sql-template-tag';
import type { SealedRow } from '../../../custody/sealed-row.js';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import type { ProviderBinding } from '../../../values/provider-binding.js';

/** How many rows are bound to a provider. */
export interface BoundCount {
  readonly provider: ProviderBinding;
  readonly rows: number;
  readonly withoutToken: number;
}

/** The new values of a row. */
export interface Rebound {
  readonly provider: ProviderBinding;
  readonly sealedToken: string | null;
  readonly authenticator: string;
  readonly keyId: string;
}

interface Row {
  id: string;
  tenant: string;
  owner_id: string;
  status: string;
  powens_user_id: string;
  sealed_token: string | null;
  authenticator: string | null;
  key_id: string;
}

/** Sorts before every other id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const PAGE = 200;

/** Rows of Powens users by the provider that they are bound to. */
export class RebindRepository {
  constructor(
    private readonly database: ConnectionsDatabase,
    private readonly instance: string,
  ) {}

  /** Counts the Powens users of every provider. Tombstones are bound to none. */
  async countByProvider(): Promise<readonly BoundCount[]> {
    const { user } = this.database.tables;
    const rows = await this.database.query<{
      api_origin: string;
      client_id: string;
      rows: number;
      without_token: number;
    }>(sql`
      SELECT api_origin, client_id, count(*)::int AS rows,
        (count(*) FILTER (WHERE sealed_token IS NULL))::int AS without_token
      FROM ${user}
      WHERE instance = ${this.instance} AND powens_user_id IS NOT NULL AND api_origin IS NOT NULL
      GROUP BY api_origin, client_id ORDER BY api_origin, client_id`);
    return rows.map((row) => ({
      provider: { apiOrigin: row.api_origin, clientId: row.client_id },
      rows: row.rows,
      withoutToken: row.without_token,
    }));
  }

  /** Reads the rows of a provider, page by page. Ids only increase, so that it ends despite concurrent writes. */
  async *pages(provider: ProviderBinding): AsyncGenerator<readonly SealedRow[], void> {
    let afterId = FIRST_ID;
    for (;;) {
      const rows = await this.findAfter(afterId, provider);
      const last = rows.at(-1);
      if (last === undefined) {
        return;
      }
      yield rows;
      afterId = last.userId;
    }
  }

  /**
   * Binds a row to another provider, unless a compared column changed meanwhile, or another process is changing it.
   *
   * @returns false when it did
   */
  async replace(old: SealedRow, rebound: Rebound): Promise<boolean> {
    const { user } = this.database.tables;
    const { provider, sealedToken, authenticator, keyId } = rebound;
    const rows = await this.database.query(sql`
      UPDATE ${user}
      SET api_origin = ${provider.apiOrigin}, client_id = ${provider.clientId}, sealed_token = ${sealedToken},
        authenticator = ${authenticator}, key_id = ${keyId}, updated_at = now()
      WHERE id = ${old.userId} AND instance = ${this.instance} AND status = ${old.status}
        AND api_origin = ${old.provider.apiOrigin} AND client_id = ${old.provider.clientId}
        AND powens_user_id = ${old.powensUserId} AND authenticator = ${old.authenticator}
        AND sealed_token IS NOT DISTINCT FROM ${old.sealedToken}
        AND (lease_token IS NULL OR leased_until <= now())
      RETURNING 1`);
    return rows.length === 1;
  }

  private async findAfter(afterId: string, provider: ProviderBinding): Promise<readonly SealedRow[]> {
    const { user } = this.database.tables;
    const rows = await this.database.query<Row>(sql`
      SELECT id, tenant, owner_id, status, powens_user_id, sealed_token, authenticator, key_id FROM ${user}
      WHERE instance = ${this.instance} AND api_origin = ${provider.apiOrigin} AND client_id = ${provider.clientId}
        AND powens_user_id IS NOT NULL AND id > ${afterId}
      ORDER BY id LIMIT ${PAGE}`);
    return rows.map((row) => ({
      userId: row.id,
      owner: { id: row.owner_id, tenant: row.tenant },
      status: row.status,
      powensUserId: row.powens_user_id,
      provider,
      sealedToken: row.sealed_token,
      authenticator: row.authenticator,
      keyId: row.key_id,
    }));
  }
}
