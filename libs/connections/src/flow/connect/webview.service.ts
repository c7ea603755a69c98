import { Inject, Injectable } from '@nestjs/common';
import type { IssuedAttempt } from '../../attempts/attempts.service.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { PowensClient } from '../../powens/powens.client.js';
import type {
  ConnectWebview,
  ManageWebview,
  ReconnectWebview,
  WebviewBase,
} from '../../powens/webview-input.js';
import { buildWebviewUrl } from '../../powens/webview-url.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import type { WebviewCode } from '../../values/secrets/webview-code.js';
import type { ManageRequest, ReconnectRequest, StartRequest } from './connect-flow.types.js';
import { ProvisioningService } from './provisioning.service.js';
import { TokenService } from '../tokens/token.service.js';

/** The parameters that only one flow has. */
type FlowParameters =
  | Omit<ConnectWebview, keyof WebviewBase>
  | Omit<ReconnectWebview, keyof WebviewBase>
  | Omit<ManageWebview, keyof WebviewBase>;

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
    private readonly tokens: TokenService,
    private readonly powens: PowensClient,
  ) {}

  /** The address that the webview redirects the browser to. */
  get redirectUri(): string {
    return this.routes.redirectUri;
  }

  /**
   * Creates the code that lets the webview act for the owner's Powens user: an owner who has one never gets a second user.
   *
   * @param known - the owner's Powens user as it was just read; null to find or create it
   * @returns null while the owner has no Powens user
   */
  async codeFor(owner: Owner, known: OwnedPowensUser | null): Promise<WebviewCode | null> {
    const user = known ?? (await this.provisioning.powensUserFor(owner));
    return user === null
      ? null
      : this.tokens.call(owner, user, async (token) => this.powens.createWebviewCode(token), true);
  }

  /**
   * As {@link WebviewService.codeFor}, for flows that need a Powens user.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError
   */
  async requiredCodeFor(owner: Owner): Promise<WebviewCode> {
    const user = await this.provisioning.keptFor(owner);
    return this.tokens.call(owner, user, async (token) => this.powens.createWebviewCode(token), true);
  }

  /** Composes the URL of the connect flow. */
  connectUrl(request: StartRequest, attempt: IssuedAttempt, code: WebviewCode | null): string {
    const { returnTo: _, ...parameters } = request;
    return this.url(attempt, request.lang, {
      ...parameters,
      flow: 'connect',
      ...(code === null ? {} : { code }),
    });
  }

  /** Composes the URL of the reconnect flow. */
  reconnectUrl(
    request: ReconnectRequest,
    attempt: IssuedAttempt,
    code: WebviewCode,
    connectionId: string,
  ): string {
    const { resetCredentials, connectionSources } = request;
    return this.url(attempt, request.lang, {
      flow: 'reconnect',
      code,
      connectionId,
      resetCredentials,
      connectionSources,
    });
  }

  /** Composes the URL of the manage page. */
  manageUrl(
    request: ManageRequest,
    attempt: IssuedAttempt,
    code: WebviewCode,
    connectionId: string | undefined,
  ): string {
    return this.url(attempt, request.lang, {
      flow: 'manage',
      code,
      connectionId,
      capabilities: request.capabilities,
    });
  }

  private url(attempt: IssuedAttempt, lang: string | undefined, flow: FlowParameters): string {
    const { powens, lang: defaultLang } = this.options;
    return buildWebviewUrl(powens.webviewUrl, {
      ...flow,
      lang: lang ?? defaultLang,
      domain: powens.domain,
      clientId: powens.clientId,
      redirectUri: this.redirectUri,
      state: attempt.state,
    });
  }
}
