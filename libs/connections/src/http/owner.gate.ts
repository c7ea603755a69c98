import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { ConfigurationError, ConnectionsError } from '../errors/index.js';
import type { StartedAttempt } from '../flow/connect/connect-flow.types.js';
import { ownerOf, requiredOwner } from '../options/owner-of.js';
import type { Owner } from '../options/index.js';
import type { ConnectionsRequest, OwnerLike, OwnerResolver } from '../options/owner-resolver.interface.js';
import { loggerOf } from '../options/registration/logger-of.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { addCookie, type HttpResponse } from './answers/http-exchange.js';
import { bindingCookie, bindingOf } from './host-routes/browser-binding.js';
import { refuseCrossSite, sendersOf, type Senders } from './input/fetch-metadata.js';

/**
 * Resolves the owner of a request through the host, and the browser that attempts are bound to.
 *
 * @see F2, O4
 * @internal
 */
@Injectable()
export class OwnerGate {
  readonly #resolver: OwnerResolver;
  readonly #senders: Senders;

  constructor(@Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {
    if (options.owner === null) {
      throw new ConfigurationError('owner', 'is missing while the routes are on.');
    }
    this.#resolver = options.owner;
    this.#senders = sendersOf(options);
    if (options.owner.resolvePrincipal === undefined) {
      // A check that is off must be logged (OA-03).
      loggerOf('ConnectionsHttp', options).warn(
        'The owner resolver has no resolvePrincipal(): who is signed in at the callback is not compared with who ' +
          'started. The browser binding alone decides.',
      );
    }
  }

  /**
   * The owner of a request.
   *
   * @throws ConnectionsError `unauthenticated`
   */
  async owner(request: ConnectionsRequest): Promise<Owner> {
    const named = await this.#resolver.resolveOwner(request);
    return this.logged(() => requiredOwner(named), named);
  }

  /**
   * The owner of a request that changes something, which the application itself must have sent.
   *
   * @throws ConnectionsError `cross_site_refused`, `unauthenticated`
   */
  async changingOwner(request: ConnectionsRequest): Promise<Owner> {
    this.refuseCrossSite(request);
    return this.owner(request);
  }

  /** @throws ConnectionsError `cross_site_refused` */
  refuseCrossSite(request: ConnectionsRequest): void {
    refuseCrossSite(request, this.#senders);
  }

  /** The binding of the browser that sent a request; null when it has none. */
  binding(request: ConnectionsRequest): string | null {
    return bindingOf(request.headers.cookie, this.options);
  }

  /** Sets the cookie that binds an attempt to the browser; none where the application keeps the binding. */
  bind(response: HttpResponse, { binding, complete }: StartedAttempt): void {
    if (complete === 'callback') {
      addCookie(response, bindingCookie(binding, this.options));
    }
  }

  /** The signed-in user at the callback, or null when that is unknown (OA-03). */
  async principal(request: ConnectionsRequest): Promise<Owner | null> {
    const named = await this.#resolver.resolvePrincipal?.(request);
    return this.logged(() => ownerOf(named), named);
  }

  /** An owner that cannot be kept is a fault of the resolver, which a 401 does not show to its developer. */
  private logged<T>(check: () => T, named: OwnerLike): T {
    try {
      return check();
    } catch (error) {
      if (named !== null && named !== undefined && error instanceof ConnectionsError) {
        loggerOf('ConnectionsHttp', this.options).error(error.message);
      }
      throw error;
    }
  }
}
