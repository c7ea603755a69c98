export type {
  ConnectionsModuleOptions,
  ConnectionsOptionsFactory,
  OutboxOptions,
  PowensOptions,
  Provisioning,
  ReturnToOptions,
} from './connections-module-options.interface.js';
export type { ConnectionsModuleExtras, RoutesOptions } from './connections-module-extras.interface.js';
export type { ConnectionsRequest, OwnerLike, OwnerResolver } from './owner-resolver.interface.js';
export type { Owner } from '../values/owner.js';
