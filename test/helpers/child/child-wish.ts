import type { ConnectionsModuleOptions } from 'nestjs-powens-connections';

/** Where a child host dies, by a `kill -9` of itself; `never`: its handlers wait until it gets a SIGUSR2. */
export type DeathPoint =
  | 'never'
  | 'after-claim'
  | 'before-commit'
  | 'after-commit'
  | 'handler'
  | 'before-webhook-claim'
  | 'after-webhook-claim'
  | 'before-webhook-end'
  | 'after-webhook-end';

/** What a child host is started with. */
export interface ChildWish {
  readonly url: string;
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly sandboxUrl: string;
  readonly client: { readonly domain: string; readonly clientId: string; readonly clientSecret: string };
  readonly keys: string;
  readonly preparedStatements: boolean;
  readonly dieAt: DeathPoint | null;
  /** More options of the library. */
  readonly options: Partial<ConnectionsModuleOptions>;
}
