import { CONNECTIONS_ENTITIES } from 'nestjs-powens-connections';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, returning } from '../../helpers/flow/observe.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';

/** Columns of ciphertext, of hashes of secrets, and of what proves a row. */
const SECRET = /sealed|hash|authenticator/;

describe('an entity that the host reads with its own DataSource', () => {
  let app: FlowApp;

  useFlowApp({}, (opened) => {
    app = opened;
  });

  it('should lack ciphertext and hashes, unless they are selected by name [TC-17]', async () => {
    await connectedOwner(app, 'ann');
    await returning(app, 'ben');
    const source = app.app.get(DataSource);
    const secrets = CONNECTIONS_ENTITIES.flatMap((entity) =>
      source
        .getMetadata(entity)
        .columns.filter(({ databaseName }) => SECRET.test(databaseName))
        .map((column) => ({ entity, column })),
    );
    expect(secrets.length).toBeGreaterThan(8);
    const stored: string[] = [];
    for (const { entity, column } of secrets) {
      const repository = source.getRepository<Record<string, unknown>>(entity);
      for (const row of await repository.find()) {
        expect(row[column.propertyName], column.databaseName).toBeUndefined();
      }
      const named = await repository
        .createQueryBuilder('e')
        .addSelect(`e.${column.propertyName}`)
        .where(`e.${column.propertyName} IS NOT NULL`)
        .getMany();
      if (named.length > 0) stored.push(`${column.entityMetadata.tableName}.${column.databaseName}`);
    }
    // Something was there to be left out.
    expect(stored).toEqual(
      expect.arrayContaining([
        'powens_user.sealed_token',
        'powens_attempt.state_hash',
        'powens_attempt.binding_hash',
      ]),
    );
  });
});
