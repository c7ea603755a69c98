import { Inject, Injectable, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { RESOLVED_OPTIONS, STATIC_EXTRAS } from '../../connections.constants.js';
import type { ConnectionsModuleExtras, RoutesOptions } from '../connections-module-extras.interface.js';
import type { ResolvedOptions } from './resolved-options.js';

/**
 * Where the library's routes are, as browsers see them. Read on first use: the global prefix and the
 * versioning are set on the application after its providers exist.
 *
 * @see OA-18
 * @internal
 */
@Injectable()
export class PublicRoutes {
  #paths: readonly [string, ...string[]] | undefined;
  #localPaths: readonly [string, ...string[]] | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(STATIC_EXTRAS) private readonly extras: ConnectionsModuleExtras,
    private readonly application: ApplicationConfig,
  ) {}

  /** The redirect URI, as white-listed at Powens and sent to it. */
  get redirectUri(): string {
    return this.options.redirectUri ?? `${this.origin}${this.path}/callback`;
  }

  /** Path of an attempt's own route, base path included. */
  attemptPath(attemptId: string): string {
    return `${this.path}/attempts/${attemptId}`;
  }

  /** Path of the route that starts the connect flow by a plain link, base path included. */
  get startPath(): string {
    return `${this.path}/connect`;
  }

  /**
   * The address of a share link: the page of the application for it, or the one of the library.
   *
   * @param redirectUri - of the owner's tenant: the binding cookie of the start must reach the callback, so both have one host
   */
  linkUrl(token: string, redirectUri: string | null): string {
    const path = this.options.links.openPage ?? `${this.path}/links/open`;
    const origin = redirectUri === null ? this.origin : new URL(redirectUri).origin;
    return `${origin}${path}?token=${token}`;
  }

  /** Path of all routes: base path, global prefix, version, `routes.path`. Of several versions in the URI the first one. */
  get path(): string {
    return this.paths[0];
  }

  /** Path of the routes as this application receives them: a proxy takes the base path of `publicUrl` off. */
  get localPath(): string {
    return this.localPaths[0];
  }

  /** As `localPath`, one for each version in the URI. */
  get localPaths(): readonly [string, ...string[]] {
    return (this.#localPaths ??= this.composeOf(''));
  }

  /** Path of the webhooks as Powens signs it: that of the URL to register there (WH-03). */
  get signedWebhookPath(): string {
    return this.signedWebhookPathAt(this.localPath);
  }

  /** As `signedWebhookPath`, for webhooks that arrive below one of `localPaths`. */
  signedWebhookPathAt(localPath: string): string {
    const path = this.paths[this.localPaths.indexOf(localPath)] ?? this.path;
    return this.options.webhooks?.signedPath ?? `${path}/webhooks`;
  }

  /** The application's own origin. */
  get origin(): string {
    return new URL(this.options.publicUrl).origin;
  }

  private get paths(): readonly [string, ...string[]] {
    return (this.#paths ??= this.composeOf(new URL(this.options.publicUrl).pathname));
  }

  private composeOf(base: string): readonly [string, ...string[]] {
    const routes: RoutesOptions = this.extras.routes === false ? {} : (this.extras.routes ?? {});
    const composed = (version: string): string => {
      const parts = [base, this.application.getGlobalPrefix(), version, routes.path ?? 'connections'];
      const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
      return segments.map((segment) => `/${segment}`).join('');
    };
    const [first = '', ...others] = this.versionSegments(routes);
    return [composed(first), ...others.map(composed)];
  }

  private versionSegments(routes: RoutesOptions): readonly string[] {
    const versioning = this.application.getVersioning();
    if (versioning?.type !== VersioningType.URI) {
      return [];
    }
    const versions = [routes.version ?? versioning.defaultVersion ?? VERSION_NEUTRAL].flat();
    const prefix = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
    return versions.map((version) => (version === VERSION_NEUTRAL ? '' : `${prefix}${String(version)}`));
  }
}
