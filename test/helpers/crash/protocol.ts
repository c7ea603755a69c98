import type { Provisioning } from 'nestjs-powens-connections';

/** What a child application is told when it is started. */
export interface ChildSettings {
  readonly port: number;
  readonly databaseUrl: string;
  readonly sandboxUrl: string;
  readonly client: { readonly domain: string; readonly clientId: string; readonly clientSecret: string };
  readonly keys: string;
  readonly provisioning: Provisioning;
  /** Only the first child on a database has anything to migrate. */
  readonly migrate: boolean;
  /** A line of JSON for every event that a handler got. */
  readonly eventsFile: string;
  /** A line for every point that an armed operation passed; the last one is where it died. */
  readonly trailFile: string;
}

/** What the library has no route for. */
export type CallName = 'renew' | 'revoke' | 'rotate' | 'tokens';

/** What the test asks of a child, answered by a {@link ChildAnswer} of the same id. */
export type ChildRequest =
  | { readonly id: number; readonly name: 'boot'; readonly settings: ChildSettings }
  | { readonly id: number; readonly name: 'arm'; readonly at: number }
  | { readonly id: number; readonly name: 'disarm' }
  | { readonly id: number; readonly name: CallName; readonly owners: readonly string[] };

export type ChildAnswer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

/** A request with this header is an operation: only what it causes is counted. */
export const OPERATION_HEADER = 'x-operation';

/** Line of a trail: the sweeper took work off the operation, so that this run says nothing of how many points there are. */
export const DISTURBED = '(disturbed)';
