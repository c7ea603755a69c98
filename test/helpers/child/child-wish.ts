/** Where a child host dies, by a `kill -9` of itself. */
export type DeathPoint = 'after-claim' | 'before-commit' | 'after-commit' | 'handler';

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
  readonly reconciliation: { readonly enabled?: boolean; readonly accountsPerMinute?: number };
}
