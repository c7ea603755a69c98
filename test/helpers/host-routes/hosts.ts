import type { DynamicModule } from '@nestjs/common';
import {
  ConnectionsModule,
  type ConnectionsModuleExtras,
  type ConnectionsModuleOptions,
} from 'nestjs-powens-connections';
import { hostRoutesOf } from './host-routes.module.js';

export type AdapterName = 'express' | 'fastify';

export const ADAPTERS: readonly AdapterName[] = ['express', 'fastify'];

/** An adapter, with the routes of the library or with those that a host wrote by itself. */
export type HostName = AdapterName | `${AdapterName} with own routes`;

/** For suites that hold whoever wrote the routes. */
export const HOSTS: readonly HostName[] = [
  ...ADAPTERS,
  ...ADAPTERS.map((adapter): HostName => `${adapter} with own routes`),
];

export function hasOwnRoutes(host: HostName = 'express'): boolean {
  return host.endsWith('own routes');
}

/** How a host imports the library. */
export type Register = (
  options: ConnectionsModuleOptions,
  extras: ConnectionsModuleExtras,
) => DynamicModule[];

/** Imports the library with its own routes, or beside those of the host. */
export function registrationFor(host: HostName | undefined): Register {
  return (given, extras) =>
    hasOwnRoutes(host)
      ? [
          ConnectionsModule.forRoot({ ...given, ...extras, isGlobal: true, routes: false }),
          hostRoutesOf(extras.instance),
        ]
      : [ConnectionsModule.forRoot({ ...given, ...extras })];
}
