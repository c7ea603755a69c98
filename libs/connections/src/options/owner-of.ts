import { ConnectionsError } from '../errors/index.js';
import { isKeptText } from '../values/kept-text.js';
import type { Owner } from '../values/owner.js';
import type { OwnerLike } from './owner-resolver.interface.js';

/**
 * Completes and checks the owner that a resolver or a caller named.
 *
 * @returns null when no owner was named
 * @throws ConnectionsError `unauthenticated` for an id, tenant or actor that cannot be stored: rather no owner than a wrong one
 */
export function ownerOf(named: OwnerLike): Owner | null {
  if (named === null || named === undefined) {
    return null;
  }
  const { id, tenant = '', actor } = typeof named === 'object' ? named : { id: named };
  if (!isKeptText(id, 1, 255) || !isKeptText(tenant, 0, 64) || !isActor(actor)) {
    throw new ConnectionsError('unauthenticated', problemOf({ id, tenant, actor }));
  }
  return actor === undefined ? { id, tenant } : { id, tenant, actor };
}

/**
 * As {@link ownerOf}, when an owner is required.
 *
 * @throws ConnectionsError `unauthenticated` when no owner was named
 */
export function requiredOwner(named: OwnerLike): Owner {
  const owner = ownerOf(named);
  if (owner === null) {
    throw new ConnectionsError('unauthenticated', 'No user is signed in. Sign in to the application first.');
  }
  return owner;
}

/** A number is the usual id of a user in a database, and its type is known at run time only. */
function problemOf(owner: Readonly<Record<string, unknown>>): string {
  const wrong = Object.entries(owner).find(([, value]) => value !== undefined && typeof value !== 'string');
  if (wrong !== undefined) {
    const [name, value] = wrong;
    return `The owner resolver, or the caller, named an owner whose ${name} is a ${typeof value}. Give a text, as String(user.id).`;
  }
  return (
    'The owner resolver, or the caller, named an owner whose id (1 to 255 characters), tenant (0 to 64) or actor (1 to 255) ' +
    'cannot be kept.'
  );
}

function isActor(actor: unknown): boolean {
  return actor === undefined || isKeptText(actor, 1, 255);
}
