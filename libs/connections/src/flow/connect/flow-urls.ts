import { Inject, Injectable } from '@nestjs/common';
import type { IssuedAttempt } from '../../attempts/attempts.service.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import type { TenantClient } from '../../options/registration/tenant-settings.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type {
  ConnectWebview,
  ManageWebview,
  ReconnectWebview,
  WebviewBase,
} from '../../powens/webview-input.js';
import { buildWebviewUrl } from '../../powens/webview-url.js';
import { ownPath, withAttempt } from '../../values/return-to.js';
import type { WebviewCode } from '../../values/secrets/webview-code.js';
import type {
  Completion,
  Display,
  ManageRequest,
  ReconnectRequest,
  StartRequest,
} from './connect-flow.types.js';

/** The parameters that only one flow has. */
type FlowParameters =
  | Omit<ConnectWebview, keyof WebviewBase>
  | Omit<ReconnectWebview, keyof WebviewBase>
  | Omit<ManageWebview, keyof WebviewBase>;

/** The client that a webview is opened for: parameters of its address. */
export type WebviewClient = Pick<WebviewBase, 'clientId' | 'redirectUri'>;

/** An attempt whose webview is to be opened. */
export interface OpenedAttempt extends Pick<IssuedAttempt, 'state'> {
  readonly client: WebviewClient;
}

/** Where the browser of a start lands, and what follows from it. */
export interface Landing {
  readonly returnTo: string | null;
  readonly complete: Completion;
  /** The binding that the browser already has; null for a new one. */
  readonly binding: string | null;
}

/**
 * The addresses that a flow sends its browser to: the webview; and where it lands after the callback, which is checked at the start
 * and stored, and never taken from the callback.
 *
 * @see OA-17
 * @internal
 */
@Injectable()
export class FlowUrls {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly routes: PublicRoutes,
  ) {}

  /** The client that the webview of an owner is opened for. */
  clientOf({ application, redirectUri }: TenantClient): WebviewClient {
    return {
      clientId: application?.clientId ?? this.options.powens.clientId,
      redirectUri: redirectUri ?? this.routes.redirectUri,
    };
  }

  /**
   * Checks the `returnTo` of a start.
   *
   * @param returnTo - the name of a configured target, or a path of the own origin
   * @returns what to store; null for the attempt's own route
   * @throws ConnectionsError `return_to_refused` when it could leave the origin
   */
  resolveReturnTo(returnTo: string | undefined): string | null {
    const named = returnTo ?? this.options.returnTo.default;
    if (named === null) {
      return null;
    }
    const { targets } = this.options.returnTo;
    const landing = Object.hasOwn(targets, named) ? targets[named]?.url : ownPath(named, this.routes.origin);
    if (landing === null || landing === undefined) {
      throw new ConnectionsError(
        'return_to_refused',
        'returnTo must be a path of this application ("/banks") or the name of a configured target.',
      );
    }
    return landing;
  }

  /**
   * Where the browser of a start lands, who completes the attempt, and the binding that it has. An application that completes it gets a
   * new one: the binding of a cookie must not become readable by scripts.
   *
   * @throws as {@link FlowUrls.resolveReturnTo}
   */
  resolveLanding(returnTo: string | undefined, binding: string | null): Landing {
    const target = this.resolveReturnTo(returnTo);
    const complete = this.completionOf(target);
    return { returnTo: target, complete, binding: complete === 'confirm' ? null : binding };
  }

  /** Who completes an attempt: its callback, or the application that its browser returns to. */
  completionOf(returnTo: string | null): Completion {
    return this.targetOf(returnTo)?.complete ?? 'callback';
  }

  /** In which window of the application an attempt is shown. */
  displayOf(returnTo: string | null): Display {
    return this.targetOf(returnTo)?.display ?? 'page';
  }

  private targetOf(returnTo: string | null): ResolvedOptions['returnTo']['targets'][string] | undefined {
    return Object.values(this.options.returnTo.targets).find(({ url }) => url === returnTo);
  }

  /** Where the browser of an attempt goes: a clean address without code, state or error text (OA-20). */
  landingOf(attempt: { readonly id: string; readonly returnTo: string | null }): string {
    return attempt.returnTo === null
      ? this.routes.attemptPath(attempt.id)
      : withAttempt(attempt.returnTo, attempt.id);
  }

  /**
   * Where the browser of an attempt goes when the application chose it.
   *
   * @param chosen - a path of the own origin, the name of a target, or a URL of an origin that the options name
   * @returns null when the browser must not be sent there
   */
  chosenLanding(chosen: string, attemptId: string): string | null {
    const { targets } = this.options.returnTo;
    const landing = Object.hasOwn(targets, chosen)
      ? targets[chosen]?.url
      : (ownPath(chosen, this.routes.origin) ?? this.allowedUrl(chosen));
    return landing === null || landing === undefined ? null : withAttempt(landing, attemptId);
  }

  private allowedUrl(chosen: string): string | null {
    if (!/^https?:\/\//i.test(chosen) || !URL.canParse(chosen)) {
      return null;
    }
    const url = new URL(chosen);
    const { returnTo, crossSite } = this.options;
    const origins = [
      this.routes.origin,
      ...Object.values(returnTo.targets).map((target) => new URL(target.url).origin),
      ...crossSite.trustedOrigins,
    ];
    return origins.includes(url.origin) && url.username === '' && url.password === '' ? url.href : null;
  }

  /**
   * The address where the browser of an attempt can start again, to land in the same place. The new start checks `returnTo` again,
   * so an address that is no longer a target or an own path is left out.
   */
  againOf({ returnTo }: { readonly returnTo: string | null }): string {
    const target = Object.entries(this.options.returnTo.targets).find(([, { url }]) => url === returnTo);
    const named = target?.[0] ?? (returnTo === null ? null : ownPath(returnTo, this.routes.origin));
    const query = named === null ? '' : `?${new URLSearchParams({ returnTo: named }).toString()}`;
    return `${this.routes.startPath}${query}`;
  }

  /** Composes the URL of the connect flow. */
  connectUrl(request: StartRequest, attempt: OpenedAttempt, code: WebviewCode | null): string {
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
    attempt: OpenedAttempt,
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
    attempt: OpenedAttempt,
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

  private url({ state, client }: OpenedAttempt, lang: string | undefined, flow: FlowParameters): string {
    const { powens, lang: defaultLang } = this.options;
    return buildWebviewUrl(powens.webviewUrl, {
      ...flow,
      lang: lang ?? defaultLang,
      domain: powens.domain,
      ...client,
      state,
    });
  }
}
