import { ConnectionsError } from '../errors/index.js';
import type { Owner } from '../values/owner.js';
import type { OwnerLike } from './owner-resolver.interface.js';

// Control characters and lone surrogates have no place in an id; U+0000 cannot even be stored by PostgreSQL (D11).
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;

/**
 * Completes and checks what a resolver or a caller named as owner.
 *
 * @returns null when nobody was named
 * @throws ConnectionsError `unauthenticated` for an id or tenant that cannot be kept: better nobody than somebody else
 */
export function ownerOf(named: OwnerLike): Owner | null {
  if (named === null || named === undefined) {
    return null;
  }
  const { id, tenant = '' } = typeof named === 'string' ? { id: named } : named;
  if (!isKept(id, 1, 255) || !isKept(tenant, 0, 64)) {
    throw new ConnectionsError(
      'unauthenticated',
      'The owner resolver named an owner whose id (1 to 255 characters) or tenant (0 to 64) cannot be kept.',
    );
  }
  return { id, tenant };
}

/**
 * As {@link ownerOf}, where an owner is needed.
 *
 * @throws ConnectionsError `unauthenticated` when nobody was named
 */
export function requiredOwner(named: OwnerLike): Owner {
  const owner = ownerOf(named);
  if (owner === null) {
    throw new ConnectionsError('unauthenticated', 'Nobody is signed in. Sign in to the application first.');
  }
  return owner;
}

function isKept(value: unknown, min: number, max: number): boolean {
  return typeof value === 'string' && value.length >= min && value.length <= max && !FORBIDDEN.test(value);
}
