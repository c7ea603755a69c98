import { setImmediate as afterOthers } from 'node:timers/promises';
import type { FactoryProvider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CONNECTIONS_DATA_SOURCE } from '../connections.constants.js';
import { ConfigurationError } from '../errors/index.js';

/**
 * Provides the host's DataSource of that name. It is optional for Nest, whose own error would name neither the option nor the
 * repair.
 *
 * @internal
 */
export function dataSourceProvider(name: string): FactoryProvider<Promise<DataSource>> {
  const token = getDataSourceToken(name) as FactoryProvider['provide'];
  return {
    provide: CONNECTIONS_DATA_SOURCE,
    inject: [{ token, optional: true }, ModulesContainer],
    useFactory: async (dataSource: DataSource | undefined, modules: ModulesContainer) => {
      if (dataSource !== undefined) {
        return dataSource;
      }
      // An error of the DataSource itself stops the boot first: it says more.
      await afterOthers();
      const exists = [...modules.values()].some(({ providers }) => providers.has(token));
      throw new ConfigurationError('dataSource', exists ? unusable(name) : missing(name));
    },
  };
}

function missing(name: string): string {
  const named = name === 'default' ? '' : ` with name: '${name}'`;
  return (
    `names a DataSource "${name}", which the application does not have. Import TypeOrmModule.forRoot() or forRootAsync()` +
    `${named} beside ConnectionsModule, or set dataSource to the name that it has.`
  );
}

function unusable(name: string): string {
  return (
    `names a DataSource "${name}" that could not be created, or that ConnectionsModule does not see. The log has its own error; ` +
    'a module of your own that provides it must be global, or imported in forRootAsync.'
  );
}
