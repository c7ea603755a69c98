const OWNERS = ['users/:user/', ''] as const;

/** Every path of a list of bank data: of a user, of a connection, of an account; with the user named, or left out. */
export function bankPaths(name: string): string[] {
  const scopes = [
    '',
    'connections/:connection/',
    'accounts/:account/',
    'connections/:connection/accounts/:account/',
  ];
  return OWNERS.flatMap((owner) => scopes.map((scope) => `${owner}${scope}${name}`));
}

/** A path with the user named, and the same with the user left out. */
export function ownedPaths(...names: readonly string[]): string[] {
  return OWNERS.flatMap((owner) => names.map((name) => `${owner}${name}`));
}
