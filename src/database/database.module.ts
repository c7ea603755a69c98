import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { AppConfig } from '../config/app.config.js';
import { databaseOptions } from './database.options.js';
import { openDataSource } from './open-data-source.js';
import { OtherSchemaError } from './other-schema.error.js';

/** Opens the DataSource and migrates the tables before the rest of the application starts. */
@Module({})
export class DatabaseModule {
  static for({ database }: AppConfig): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: async (): Promise<TypeOrmModuleOptions> => {
            if (database.kind === 'embedded') {
              await database.opened;
            }
            return {
              ...databaseOptions(database),
              // A database container may start later; and of two replicas that migrate at the same time, one
              // fails and succeeds a second later.
              retryAttempts: 5,
              retryDelay: 1_000,
              toRetry: (error) => !(error instanceof OtherSchemaError),
            };
          },
          dataSourceFactory: async (options) => {
            if (options === undefined) {
              throw new Error('The DataSource has no options');
            }
            return openDataSource(options, database);
          },
        }),
      ],
    };
  }
}
