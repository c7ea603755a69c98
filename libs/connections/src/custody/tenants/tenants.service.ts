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
import type { ClientApplication } from '../../values/secrets/client-application.js';
import { KeyRing } from '../crypto/key-ring.js';
import type { ReadTenantClient, TenantClient } from '../../options/registration/tenant-settings.js';
import { hasLayer, layerOf, NO_TENANT, type Tenant } from './tenant.js';

const NOTHING: Loaded = { ring: null, application: null, redirectUri: null };

/** What the host gave for a tenant. */
interface Loaded extends TenantClient {
  /** Null: it has no keys of its own. */
  readonly ring: KeyRing | null;
}

/**
 * What tenants have of their own, loaded from the host when it is needed.
 *
 * @internal
 */
@Injectable()
export class Tenants {
  readonly #logger: Logger;
  readonly #tenants: ResolvedTenants | null;
  readonly #cache: SharedCache<Loaded | null>;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'instance' | 'tenants'>,
  ) {
    this.#logger = loggerOf('ConnectionsTenants', options);
    this.#tenants = options.tenants;
    this.#cache = new SharedCache(options.tenants?.cache ?? { max: 1, ttlSeconds: 0 });
  }

  /**
   * What the tenant of an owner has of its own. Obtain it before a token is: afterwards nothing of the host can fail.
   *
   * @throws ConnectionsError `tenant_unavailable` when the host did not give the settings; CustodyError `key_unavailable` for a tenant
   *   that it does not know
   */
  async tenantOf(owner: Owner): Promise<Tenant> {
    const found = await this.find(owner);
    if (found === null) {
      throw new CustodyError(
        'key_unavailable',
        'Option "tenants" does not know the tenant of the owner any more. Nothing of it was changed.',
      );
    }
    const { ring, application, redirectUri } = found;
    const layer = ring === null ? NO_TENANT : layerOf(owner, this.options.instance, ring);
    return { ...layer, application, redirectUri };
  }

  /**
   * The client application that makes tokens for an owner; null for that of the registration. So it is for a tenant that was removed,
   * too: its users at Powens are of the same domain, and can still be deleted.
   *
   * @throws ConnectionsError `tenant_unavailable`
   */
  async applicationOf(owner: Owner): Promise<ClientApplication | null> {
    return (await this.find(owner))?.application ?? null;
  }

  /**
   * Reads what the outer layer of a token held. Asks the host only where a key of the tenant sealed it.
   *
   * @throws as {@link Tenants.tenantOf} and {@link Tenant.open}
   */
  async open(owner: Owner, content: AccessToken): Promise<AccessToken> {
    return hasLayer(content) ? (await this.tenantOf(owner)).open(content) : content;
  }

  /** Null for a tenant that the host does not know. */
  private async find({ tenant }: Owner): Promise<Loaded | null> {
    const tenants = this.#tenants;
    return tenants === null || tenant === ''
      ? NOTHING
      : this.#cache.get(tenant, async () => this.load(tenant, tenants));
  }

  private async load(
    tenant: string,
    { resolve, readClient, timeoutMs }: ResolvedTenants,
  ): Promise<Loaded | null> {
    try {
      const answer = await withTimeLimit(
        timeoutMs,
        async (signal): Promise<unknown> => resolve(tenant, { signal }),
        () => unavailable(`did not answer within ${timeoutMs} ms`),
      );
      return loaded(answer, readClient);
    } catch (error) {
      const failure =
        error instanceof ConnectionsError ? error : unavailable(`failed with ${errorNameOf(error)}`);
      this.#logger.error(`Tenant ${JSON.stringify(tenant)}: ${failure.message}`);
      throw failure;
    }
  }
}

/** A resolver written in JavaScript may return anything. */
function loaded(answer: unknown, readClient: ReadTenantClient): Loaded | null {
  if (answer === null) {
    return null;
  }
  const settings = typeof answer === 'object' ? answer : {};
  const ring = ringOf('keys' in settings ? settings.keys : undefined);
  return { ring, ...checked('settings', () => readClient(settings)) };
}

/** Forgotten keys must not seal a token with those of the application. */
function ringOf(keys: unknown): KeyRing | null {
  if (keys === null) {
    return null;
  }
  if (typeof keys !== 'string' && !(Array.isArray(keys) && keys.every((key) => typeof key === 'string'))) {
    throw unavailable('gave no keys; a tenant without keys of its own has null');
  }
  return checked('keys', () => KeyRing.parse(keys));
}

function checked<T>(what: 'keys' | 'settings', read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const [first] = error.problems;
    const subject = what === 'keys' ? '' : `"${first?.option}" `;
    throw unavailable(`gave ${what} of which ${subject}${first?.problem.replace(/\.$/, '')}`);
  }
}

function unavailable(problem: string): ConnectionsError {
  return new ConnectionsError('tenant_unavailable', `The resolver of option "tenants" ${problem}.`);
}
