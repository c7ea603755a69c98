import type { RequestListener } from 'node:http';
import { Inject, Injectable, type Logger, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OWN_CONTROLLERS, RESOLVED_OPTIONS } from '../connections.constants.js';
import { ConfigurationError } from '../errors/index.js';
import { PublicRoutes } from '../options/resolve/public-routes.js';
import { WebhookAuthenticator } from '../webhooks/authentication/webhook-authenticator.service.js';
import { CallbackController } from './callback.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import type { FastifyLike } from './host/frameworks.js';
import { adapterOfType, whenAdapted } from './host/host-adapter.js';
import {
  collectFastifyRoutes,
  expressRoutes,
  isSamePattern,
  type MappedRoute,
} from './host/mapped-routes.js';
import { isServed, sendProbe, type ProbeResult } from './host/probe.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { loggerOf } from '../options/registration/logger-of.js';

/** A route that browsers or Powens are sent to. */
interface PublishedRoute {
  readonly method: 'GET' | 'POST';
  /** Pattern below the path of all routes. */
  readonly pattern: string;
}

/** One that is asked for. */
interface ProbedRoute extends PublishedRoute {
  /** Last part of the path that is asked for. No event has this name. */
  readonly path: string;
  /** The class that its controller is derived from. */
  readonly base: Base;
}

type Base = abstract new (...dependencies: never[]) => object;

const CALLBACK = { method: 'GET', pattern: 'callback', path: 'callback', base: CallbackController } as const;
const WEBHOOK = {
  method: 'POST',
  pattern: 'webhooks/:event',
  path: 'webhooks/boot_probe',
  base: WebhooksController,
} as const;
const LANDING = { method: 'GET', pattern: 'attempts/:id' } as const;

/**
 * Asks the application at boot for the routes that browsers and Powens are sent to: whether they are where the redirect URI says,
 * and whether a guard, another route or a parser of the host comes first. On Express when the application has started, on Fastify
 * when it is ready. The requests have no effect in this library: they are answered before the handlers.
 *
 * @internal
 */
@Injectable()
export class BootProbe implements OnApplicationBootstrap {
  readonly #logger: Logger;

  constructor(
    private readonly authenticator: WebhookAuthenticator,
    private readonly routes: PublicRoutes,
    private readonly host: HttpAdapterHost,
    @Inject(OWN_CONTROLLERS) private readonly controllers: readonly Type<unknown>[],
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsHttp', options);
    whenAdapted(host, () => {
      const adapter = adapterOfType(host, 'fastify');
      if (adapter !== null) {
        const mapped = collectFastifyRoutes(adapter);
        const app = adapter.getInstance<FastifyLike>();
        // Not earlier: a request makes Fastify ready, and the host may still add to it.
        app.addHook('onReady', async () => {
          await this.check((request, response) => {
            app.routing(request, response);
          }, mapped);
        });
      }
    });
  }

  /**
   * Refuses to boot when the callback or the webhooks could never arrive.
   *
   * @throws ConfigurationError
   */
  async onApplicationBootstrap(): Promise<void> {
    const adapter = adapterOfType(this.host, 'express');
    if (adapter !== null) {
      await this.check(adapter.getInstance<RequestListener>(), expressRoutes(adapter));
    }
  }

  private async check(app: RequestListener, mapped: readonly MappedRoute[]): Promise<void> {
    for (const route of this.authenticator.isOpen ? [CALLBACK, WEBHOOK] : [CALLBACK]) {
      const path = `${this.routes.localPath}/${route.path}`;
      const probe = { method: route.method, path, origin: new URL(this.routes.origin) };
      this.judge(route, await sendProbe(app, probe), mapped);
    }
    this.assertMapped(LANDING, mapped);
  }

  private judge(route: ProbedRoute, { finding, status }: ProbeResult, mapped: readonly MappedRoute[]): void {
    switch (finding?.at) {
      case 'guard':
        // The exception filter has logged which one.
        return;
      case 'controller':
        if (finding.controller.prototype instanceof route.base) {
          this.assertOwn(route, finding.controller);
          return;
        }
        break;
      case 'parser':
        throw new ConfigurationError(
          'webhooks',
          'needs the raw bytes of requests, and something parses them before: the Express instance given to Nest has body ' +
            'parsers of its own. Let them pass requests below the path of the webhooks, or let Nest make the instance.',
        );
      case undefined:
        break;
    }
    this.assertMapped(route, mapped);
    if (isServed(status)) {
      this.assertFirst(route, mapped);
    }
    this.#logger.warn(
      `Whether ${this.named(route)} arrives could not be checked: something before it answered ${status ?? 'nothing'}`,
    );
  }

  private assertOwn(route: ProbedRoute, controller: Type<unknown>): void {
    if (!this.controllers.includes(controller)) {
      throw new ConfigurationError(
        'routes.path',
        `is the same for two registrations: ${this.named(route)} reaches the other one. Give each a path of its own.`,
      );
    }
  }

  private assertMapped(route: PublishedRoute, mapped: readonly MappedRoute[]): void {
    if (mapped.length === 0 || mapped.some((one) => this.isOwn(one, route))) {
      return;
    }
    const similar = mapped
      .filter(({ method, path }) => method === route.method && path.endsWith(`/${route.pattern}`))
      .map(({ method, path }) => `${method} ${path}`);
    const existing = [...new Set(similar)];
    throw new ConfigurationError(
      'routes.path',
      `does not lead to the routes: the redirect URI and links are made for ${this.named(route)}, which this application ` +
        `does not have. It has ${existing.length === 0 ? 'no route of this kind' : existing.join(', ')}. Take ConnectionsModule ` +
        'out of RouterModule.register() and its paths out of "exclude" of setGlobalPrefix(), and write the path in routes.path.',
    );
  }

  /** The router of Express tries the routes in their order. */
  private assertFirst(route: ProbedRoute, mapped: readonly MappedRoute[]): void {
    const path = `${this.routes.localPath}/${route.path}`;
    const first = mapped.find((one) => one.method === route.method && one.takes(path));
    if (first !== undefined && !this.isOwn(first, route)) {
      throw new ConfigurationError(
        'routes.path',
        `leads to another route: ${this.named(route)} is answered by ${first.method} ${first.path} of this application, which ` +
          'is registered before. Import ConnectionsModule before the module of that route, or give one of them another path.',
      );
    }
  }

  private isOwn({ method, path }: MappedRoute, route: PublishedRoute): boolean {
    return method === route.method && isSamePattern(path, `${this.routes.localPath}/${route.pattern}`);
  }

  private named({ method, pattern }: PublishedRoute): string {
    return `${method} ${this.routes.localPath}/${pattern}`;
  }
}
