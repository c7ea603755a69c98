import type { ConnectionsModuleOptions, Provisioning } from 'nestjs-powens-connections';

/** How a replica is booted. */
export interface ReplicaSettings {
  readonly name: string;
  readonly port: number;
  /** Where browsers find the replicas: the balancer. */
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly apiUrl: string;
  readonly webviewUrl: string;
  readonly client: { readonly domain: string; readonly clientId: string; readonly clientSecret: string };
  readonly usersToken: string;
  readonly keys: string;
  readonly provisioning: Provisioning;
  /** Where its handlers write every event they are called with. */
  readonly eventsFile: string;
  /** More options of the library. */
  readonly options: Partial<ConnectionsModuleOptions>;
}

/** What a replica is asked; each answer has the id of its request. */
export type ReplicaRequest = { readonly id: number } & (
  | { readonly name: 'boot'; readonly settings: ReplicaSettings }
  /** Digests of the tokens of owners, null for one without. */
  | { readonly name: 'tokens'; readonly owners: readonly string[] }
  /** Compares every Powens user. */
  | { readonly name: 'reconcile' }
  | { readonly name: 'ready' }
);

export type ReplicaAnswer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };
