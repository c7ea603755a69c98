import { Inject, Injectable, type Logger, type OnModuleInit } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { PowensUserRepository } from '../../custody/powens-user.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConfigurationError, PowensApiError, describeError } from '../../errors/index.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { ApiPath } from '../../powens/bank/api-path.js';
import { parseRedirectUris } from '../../powens/bank/client-application.js';
import { PowensClient } from '../../powens/powens.client.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/**
 * Checks at boot whether the redirect URI is registered at Powens: the webview refuses an unregistered one, on a page
 * that only end users see.
 *
 * Runs before the relay and the sweeper start, so that a refused boot leaves nothing running.
 *
 * @see https://docs.powens.com/api-reference/api-setup/client-applications
 * @internal
 */
@Injectable()
export class RedirectUriPreflight implements OnModuleInit {
  readonly #logger: Logger;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly routes: PublicRoutes,
    private readonly powens: PowensClient,
    private readonly users: PowensUserRepository,
    private readonly custody: TokenCustodyService,
    private readonly audit: TokenAudit,
  ) {
    this.#logger = loggerOf('ConnectionsPreflight', options);
  }

  /**
   * Refuses to boot when the redirect URI is not registered; warns when that cannot be known.
   *
   * @throws ConfigurationError
   */
  async onModuleInit(): Promise<void> {
    if (!this.options.preflight) {
      return;
    }
    const expected = this.routes.redirectUri;
    const registered = await this.registered();
    if (registered === null) {
      return;
    }
    if (!registered.includes(expected)) {
      throw new ConfigurationError(
        'redirectUri',
        `gives "${expected}", which is not registered with the client application ${this.options.powens.clientId}. ` +
          'Add exactly this value to its redirect URIs in the Powens console, or correct publicUrl or redirectUri.',
      );
    }
    this.#logger.log(`Powens knows the redirect URI ${expected}`);
  }

  /** The redirect URIs of the client application, or null when Powens does not return them. */
  private async registered(): Promise<readonly string[] | null> {
    try {
      return await this.ask();
    } catch (error) {
      this.#logger.warn(
        `Whether Powens knows the redirect URI ${this.routes.redirectUri} could not be checked: ${describeError(error)}`,
      );
      return null;
    }
  }

  /** Tries without a token first: none is documented for an application's own entry, but in practice a user's token was needed. */
  private async ask(): Promise<readonly string[]> {
    const path = ApiPath.of(`/clients/${this.options.powens.clientId}`);
    try {
      return await this.powens.read(path, null, parseRedirectUris);
    } catch (error) {
      const known = isAuthorisationNeeded(error) ? await this.users.findNewest() : null;
      if (known === null) {
        throw error;
      }
      // The token of any user is sufficient. It is not renewed when it is refused: a check must change nothing.
      return this.audit.record(
        known.owner,
        `GET ${path.operation}`,
        async () => this.powens.read(path, await this.custody.open(known.owner, known), parseRedirectUris),
        { initiator: 'background' },
      );
    }
  }
}

function isAuthorisationNeeded(error: unknown): boolean {
  return error instanceof PowensApiError && [401, 403].includes(error.failure.status ?? 0);
}
