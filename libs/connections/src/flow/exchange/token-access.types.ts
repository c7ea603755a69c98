import type { Tenant } from '../../custody/tenants/tenant.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';

/** Sends a call to Powens with the token of an attempt. */
export type SendWithToken = <T>(call: (token: AccessToken) => Promise<T>) => Promise<T>;

/** The token of a Powens user that is known here; renewed once when Powens no longer accepts it. */
export interface KeptTokenAccess {
  readonly kind: 'kept';
  readonly user: OwnedPowensUser;
  readonly send: SendWithToken;
}

/** A token just exchanged, which no Powens user row holds yet. Its user must be read first (OA-14). */
export interface ExchangedTokenAccess {
  readonly kind: 'exchanged';
  readonly token: AccessToken;
  /** Seals it for the owner's tenant. */
  readonly tenant: Tenant;
  /** Whether the attempt holds it, sealed. */
  readonly isStored: boolean;
  readonly send: SendWithToken;
}

/** The token that an attempt works with. */
export type TokenAccess = KeptTokenAccess | ExchangedTokenAccess;

/** The result of a compensation: what was removed at Powens. */
export type Undone =
  | { readonly kind: 'user_deleted' | 'token_revoked'; readonly powensUserId: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'kept' };
