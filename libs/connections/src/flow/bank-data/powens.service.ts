import { Inject, Injectable } from '@nestjs/common';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError, PowensApiError } from '../../errors/index.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { ApiPath } from '../../powens/bank/api-path.js';
import type { ListOf } from '../../powens/bank/parse-page.js';
import { parseAccountType, parseConnector, parseCurrency } from '../../powens/catalogue/catalogue.parsers.js';
import type {
  PowensAccountType,
  PowensConnector,
  PowensCurrency,
} from '../../powens/catalogue/catalogue.types.js';
import { PowensClient } from '../../powens/powens.client.js';
import { SYSTEM_CLOCK } from '../../powens/transport/clock.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { Owner } from '../../values/owner.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { TokenService } from '../tokens/token.service.js';
import { connectorsPath, type ConnectorsQuery } from './list-queries.js';
import { OwnerPowensClient } from './owner-powens-client.js';
import type { TokenUser } from './owner-reader.js';
import { PowensPages } from './pages.js';

/**
 * Powens API for the host: an owner's data without handing out the owner's token.
 *
 * @example
 * ```ts
 * const accounts = await powens.forOwner(user.id).accounts();
 * ```
 * @public
 */
@Injectable()
export class PowensService {
  constructor(
    private readonly tokens: TokenService,
    private readonly audit: TokenAudit,
    private readonly powens: PowensClient,
    private readonly connections: ConnectionRepository,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /**
   * Makes a client for one owner. Cheap: make one whenever it is needed.
   *
   * @throws ConnectionsError `unauthenticated` when no owner is given
   */
  forOwner(named: OwnerLike): OwnerPowensClient {
    const owner = requiredOwner(named);
    const use: TokenUser = (operation, send) =>
      // Reads the Powens user for each call: a token may be renewed or revoked between two pages.
      this.audit.record(owner, operation, async () =>
        this.tokens.call(owner, await this.tokens.require(owner), send, {
          notRenewable: needsReauth,
          isAccepted: async (token) => this.isAccepted(token),
        }),
      );
    return new OwnerPowensClient(this.powens, {
      owner,
      use,
      inUse: async () => this.inUse(owner),
      now: SYSTEM_CLOCK.epochMs,
    });
  }

  /** Powens answers 401, too, for a product that is not active on the domain: a new token would be refused again. */
  private async isAccepted(token: AccessToken): Promise<boolean> {
    try {
      await this.powens.getUser(token);
      return true;
    } catch (error) {
      if (error instanceof PowensApiError && error.failure.status === 401) {
        return false;
      }
      throw error;
    }
  }

  /** A connection that is not in use may be another person's bank. With `keep`, all connections count as the owner's. */
  private async inUse(owner: Owner): Promise<ReadonlySet<string> | null> {
    const { unconfirmedConnections } = this.options;
    return unconfirmedConnections === 'keep' ? null : new Set(await this.connections.findPowensIds(owner));
  }

  /** Lists the banks and providers that Powens can connect to. A public resource: needs no token. */
  connectors(query: ConnectorsQuery = {}): PowensPages<PowensConnector> {
    return this.publicList(connectorsPath(query), { key: 'connectors', parse: parseConnector });
  }

  /** Reads the types of bank accounts, with their names for people. A public resource: needs no token. */
  async accountTypes(): Promise<PowensAccountType[]> {
    return this.publicList(ApiPath.of('/account_types'), {
      key: 'accounttypes',
      parse: parseAccountType,
    }).all();
  }

  /** Reads the currencies that amounts may be in. A public resource: needs no token. */
  async currencies(): Promise<PowensCurrency[]> {
    return this.publicList(ApiPath.of('/currencies'), { key: 'currencies', parse: parseCurrency }).all();
  }

  private publicList<T>(first: ApiPath, list: ListOf<T>): PowensPages<T> {
    // One odd bank of the catalogue must not hide all others.
    const tolerant = { ...list, skipsUnreadable: true };
    return new PowensPages(first, (path) => this.powens.readPage(path, null, tolerant));
  }
}

function needsReauth(refusal: PowensApiError): ConnectionsError {
  return new ConnectionsError(
    'needs_reauth',
    "Powens no longer accepts this owner's access token, and it may not be renewed while the owner is absent. Ask the owner to " +
      'start a connection: POST {prefix}/connect.',
    { cause: refusal },
  );
}
