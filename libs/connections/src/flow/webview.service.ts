import { Inject, Injectable } from '@nestjs/common';
import type { IssuedAttempt } from '../attempts/attempts.service.js';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { PublicRoutes } from '../options/public-routes.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { PowensClient } from '../powens/powens.client.js';
import { buildWebviewUrl } from '../powens/webview-url.js';
import type { Owner } from '../values/owner.js';
import type { WebviewCode } from '../values/webview-code.js';
import type { StartRequest } from './connect-flow.types.js';
import { ProvisioningService } from './tokens/provisioning.service.js';
import { TokenLifecycleService } from './tokens/token-lifecycle.service.js';

/**
 * Opens the webview: for an anonymous user, or for the Powens user that the owner already has.
 *
 * @internal
 */
@Injectable()
export class WebviewService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly routes: PublicRoutes,
    private readonly provisioning: ProvisioningService,
    private readonly tokens: TokenLifecycleService,
    private readonly powens: PowensClient,
  ) {}

  /** Where the webview sends the browser back to. */
  get redirectUri(): string {
    return this.routes.redirectUri;
  }

  /**
   * Makes the code that lets the webview act for the owner's Powens user: an owner who has one never gets a second.
   *
   * @returns null while the owner has no Powens user
   */
  async codeFor(owner: Owner): Promise<WebviewCode | null> {
    const account = await this.provisioning.accountFor(owner);
    return account === null
      ? null
      : this.tokens.call(owner, account, async (token) => this.powens.createWebviewCode(token));
  }

  /** Composes the URL of the connect flow. */
  connectUrl(request: StartRequest, attempt: IssuedAttempt, code: WebviewCode | null): string {
    const { powens, lang } = this.options;
    const { returnTo: _, ...parameters } = request;
    return buildWebviewUrl(powens.webviewUrl, {
      ...parameters,
      flow: 'connect',
      lang: request.lang ?? lang,
      domain: powens.domain,
      clientId: powens.clientId,
      redirectUri: this.redirectUri,
      state: attempt.state,
      ...(code === null ? {} : { code }),
    });
  }
}
