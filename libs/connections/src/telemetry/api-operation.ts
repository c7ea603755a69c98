/** Paths of the Powens API that have a name of their own in metrics and spans. */
const TEMPLATES: ReadonlySet<string> = new Set([
  '/auth/init',
  '/auth/renew',
  '/auth/token',
  '/auth/token/access',
  '/auth/token/code',
  '/connectors',
  '/connectors/{id}',
  '/users',
  '/users/me',
  '/users/me/accounts',
  '/users/me/accounts/{id}',
  '/users/me/accounts/{id}/transactions',
  '/users/me/balances',
  '/users/me/connections',
  '/users/me/connections/{id}',
  '/users/me/connections/{id}/accounts',
  '/users/me/connections/{id}/accounts/{id}',
  '/users/me/connections/{id}/sources',
  '/users/me/investments',
  '/users/me/subscriptions',
  '/users/me/transactions',
  '/webhooks/auth',
]);

/** The template of a path: a host may read any path, so that the number of values is bounded here. */
export function templateOf(operation: string): string {
  return TEMPLATES.has(operation) ? operation : 'other';
}
