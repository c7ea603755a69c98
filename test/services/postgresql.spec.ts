import { describe, expect, inject, it } from 'vitest';
import { createTestDatabase } from '../helpers/database.js';
import { withClient } from '../helpers/postgres/client.js';

const { postgresql } = inject('services');

describe.skipIf(postgresql === null)('a running PostgreSQL server', () => {
  it('should be of a version that has what the library uses', async () => {
    const version = await withClient(postgresql!, async (client) => {
      const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
      return Number(rows[0]?.server_version_num);
    });
    expect(version).toBeGreaterThanOrEqual(130_000);
  });

  it('should be the one that the integration tests run against', async () => {
    expect(inject('postgres')).toMatchObject({ kind: 'server', concurrent: true, adminUrl: postgresql });
    const database = await createTestDatabase();
    expect(new URL(database.url).host).toBe(new URL(postgresql!).host);
    await database.drop();
  });
});
