import { CustodyError } from '../../errors/custody.error.js';
import type { TenantClient } from '../../options/registration/tenant-settings.js';
import type { Owner } from '../../values/owner.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import type { EncryptionContext } from '../crypto/encryption-context.js';
import { openEnvelope, sealEnvelope } from '../crypto/envelope.js';
import type { KeyRing } from '../crypto/key-ring.js';

/** In front of what a tenant's key sealed. No token of Powens begins like an envelope after it. */
const MARK = 'tenant:';

/**
 * What the tenant of an owner has of its own: a client at Powens; and the inner of the two layers around an access token, which is
 * sealed with the key of the tenant, then with that of the application. Without keys its tokens pass unchanged.
 *
 * @internal
 */
export interface Tenant extends TenantClient {
  /** What the outer layer seals. */
  seal(token: AccessToken): AccessToken;
  /**
   * Reads what the outer layer held.
   *
   * @throws CustodyError `key_unavailable` when the tenant has no such key any more; `token_tampered`
   */
  open(content: AccessToken): AccessToken;
}

/** A tenant that has nothing of its own. */
export const NO_TENANT: Tenant = {
  application: null,
  redirectUri: null,
  seal: (token) => token,
  open: (content) => {
    if (hasLayer(content)) {
      throw unreadable();
    }
    return content;
  },
};

/** Whether a key of a tenant sealed what the outer layer held. */
export function hasLayer(content: AccessToken): boolean {
  return content.use((text) => text.startsWith(MARK));
}

/**
 * Makes the layer of an owner.
 *
 * @param ring - of its tenant
 * @param instance - option `instance`
 */
export function layerOf(owner: Owner, instance: string, ring: KeyRing): Pick<Tenant, 'seal' | 'open'> {
  const context: EncryptionContext = {
    ...{ purpose: 'tenant-token', instance, tenant: owner.tenant, ownerId: owner.id },
    // The outer layer binds the row, its Powens user and the provider. They may change: an attempt hands its token to a row.
    ...{ rowId: '', powensUserId: '', provider: { apiOrigin: '', clientId: '' } },
  };
  return {
    seal: (token) => AccessToken.of(MARK + token.use((clear) => sealEnvelope(clear, context, ring))),
    open: (content) =>
      hasLayer(content)
        ? AccessToken.of(content.use((text) => opened(text.slice(MARK.length), context, ring)))
        : // It was stored before the tenant had keys.
          content,
  };
}

function opened(envelope: string, context: EncryptionContext, ring: KeyRing): string {
  try {
    return openEnvelope(envelope, context, ring);
  } catch (error) {
    throw error instanceof CustodyError && error.code === 'key_unavailable' ? unreadable() : error;
  }
}

function unreadable(): CustodyError {
  return new CustodyError(
    'key_unavailable',
    'The access token was sealed with a key of its tenant, which option "tenants" does not give any more. It stays as it is, and ' +
      'is readable again once the key is back.',
  );
}
