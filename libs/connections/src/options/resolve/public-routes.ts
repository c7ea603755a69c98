import { Inject, Injectable, VersioningType } from '@nestjs/common';
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
  #path: string | undefined;
  #localPath: string | undefined;

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

  /** Path of all routes: base path, global prefix, version, `routes.path`. */
  get path(): string {
    this.#path ??= this.composeOf(new URL(this.options.publicUrl).pathname);
    return this.#path;
  }

  /** Path of the routes as this application receives them: a proxy takes the base path of `publicUrl` off. */
  get localPath(): string {
    this.#localPath ??= this.composeOf('');
    return this.#localPath;
  }

  /** Path of the webhooks as Powens signs it: that of the URL registered there (WH-03). */
  get signedWebhookPath(): string {
    return this.options.webhooks?.signedPath ?? `${this.path}/webhooks`;
  }

  /** The application's own origin. */
  get origin(): string {
    return new URL(this.options.publicUrl).origin;
  }

  private composeOf(base: string): string {
    const routes: RoutesOptions = this.extras.routes === false ? {} : (this.extras.routes ?? {});
    const parts = [
      base,
      this.application.getGlobalPrefix(),
      this.versionSegment(routes),
      routes.path ?? 'connections',
    ];
    const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
    return `/${segments.join('/')}`;
  }

  private versionSegment(routes: RoutesOptions): string {
    const versioning = this.application.getVersioning();
    if (versioning?.type !== VersioningType.URI) {
      return '';
    }
    const version = routes.version ?? versioning.defaultVersion;
    const prefix = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
    return typeof version === 'string' ? `${prefix}${version}` : '';
  }
}
