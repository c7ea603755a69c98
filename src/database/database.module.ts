import { Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { APP_CONFIG, type AppConfig } from '../config/app.config.js';
import { databaseOptions } from './database.options.js';

/** Opens the DataSource and brings the tables up to date before anything else of the application starts. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [APP_CONFIG],
      useFactory: (config: AppConfig): TypeOrmModuleOptions => ({
        ...databaseOptions(config.database),
        migrationsRun: true,
        // A database container may be a moment behind; and of two replicas that migrate at the same time, one fails
        // and finds everything done a second later.
        retryAttempts: 5,
        retryDelay: 1_000,
      }),
    }),
  ],
})
export class DatabaseModule {}
