import { Inject, Injectable, type Logger } from '@nestjs/common';
import { SharedCache } from '../../background/shared-cache.js';
import { withTimeLimit } from '../../background/time-limit.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConfigurationError, ConnectionsError, CustodyError, errorNameOf } from '../../errors/index.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { ResolvedTenants } from '../../options/registration/tenants-option.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Owner } from '../../values/owner.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import { KeyRing } from '../crypto/key-ring.js';
import { hasLayer, layerOf, NO_LAYER, type TenantLayer } from './tenant-layer.js';

/** The ring of a tenant that has no keys of its own, and of one that is unknown. */
type TenantRing = KeyRing | 'none' | null;

/**
 * The encryption keys of tenants, loaded from the host when they are needed.
 *
 * @internal
 */
@Injectable()
export class TenantKeys {
  readonly #logger: Logger;
  readonly #tenants: ResolvedTenants | null;
  readonly #cache: SharedCache<TenantRing>;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'instance' | 'tenants'>,
  ) {
    this.#logger = loggerOf('ConnectionsTenants', options);
    this.#tenants = options.tenants;
    this.#cache = new SharedCache(options.tenants?.cache ?? { max: 1, ttlSeconds: 0 });
  }

  /**
   * The layer that seals and opens the tokens of an owner. Obtain it before a token is: afterwards nothing of the host can fail.
   *
   * @throws ConnectionsError `tenant_unavailable` when the host did not give the keys; CustodyError `key_unavailable` for a tenant
   *   that it does not know
   */
  async layerOf(owner: Owner): Promise<TenantLayer> {
    const tenants = this.#tenants;
    if (tenants === null || owner.tenant === '') {
      return NO_LAYER;
    }
    const ring = await this.#cache.get(owner.tenant, async () => this.load(owner.tenant, tenants));
    if (ring === null) {
      throw new CustodyError(
        'key_unavailable',
        'Option "tenants" does not know the tenant of the owner any more. Nothing of it was changed.',
      );
    }
    return ring === 'none' ? NO_LAYER : layerOf(owner, this.options.instance, ring);
  }

  /**
   * Reads what the outer layer of a token held. Asks the host only where a key of the tenant sealed it.
   *
   * @throws as {@link TenantKeys.layerOf} and {@link TenantLayer.open}
   */
  async open(owner: Owner, content: AccessToken): Promise<AccessToken> {
    return hasLayer(content) ? (await this.layerOf(owner)).open(content) : content;
  }

  private async load(tenant: string, { resolve, timeoutMs }: ResolvedTenants): Promise<TenantRing> {
    try {
      const answer = await withTimeLimit(
        timeoutMs,
        async (signal): Promise<unknown> => resolve(tenant, { signal }),
        () => unavailable(`did not answer within ${timeoutMs} ms`),
      );
      return ringOf(answer);
    } catch (error) {
      const failure =
        error instanceof ConnectionsError ? error : unavailable(`failed with ${errorNameOf(error)}`);
      this.#logger.error(`Tenant ${JSON.stringify(tenant)}: ${failure.message}`);
      throw failure;
    }
  }
}

/** A resolver written in JavaScript may return anything. Forgotten keys must not seal a token with those of the application. */
function ringOf(answer: unknown): TenantRing {
  if (answer === null) {
    return null;
  }
  const keys: unknown = typeof answer === 'object' && 'keys' in answer ? answer.keys : undefined;
  return keys === null ? 'none' : parsed(keys);
}

function parsed(keys: unknown): KeyRing {
  if (typeof keys !== 'string' && !(Array.isArray(keys) && keys.every((key) => typeof key === 'string'))) {
    throw unavailable('gave no keys; a tenant without keys of its own has null');
  }
  try {
    return KeyRing.parse(keys);
  } catch (error) {
    throw error instanceof ConfigurationError
      ? unavailable(`gave keys of which ${error.problems[0]?.problem}`)
      : error;
  }
}

function unavailable(problem: string): ConnectionsError {
  return new ConnectionsError('tenant_unavailable', `The resolver of option "tenants" ${problem}.`);
}
