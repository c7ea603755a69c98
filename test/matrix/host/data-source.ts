import 'reflect-metadata';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from 'nestjs-powens-connections';
import { DataSource, type DataSourceOptions } from 'typeorm';

export const database: DataSourceOptions = {
  type: 'postgres',
  url: process.env['DATABASE_URL'] ?? '',
  entities: [...CONNECTIONS_ENTITIES],
  migrations: [...CONNECTIONS_MIGRATIONS],
  installExtensions: false,
};

export default new DataSource(database);
