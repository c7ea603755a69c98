import { HttpException, type Logger } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

/** What a refused route is for. */
export type OpenRoutes = 'the callback' | 'webhooks';

/** A request as its adapter routed it. */
interface RoutedRequest {
  readonly method: string;
  /** Of Express. */
  readonly route?: { readonly path?: unknown };
  /** Of Fastify. */
  readonly routeOptions?: { readonly url?: unknown };
}

/**
 * Whether a guard of the host refused a request: it came before the interceptors, and answers 401 or 403.
 *
 * @param isPast - whether the request had passed the guards
 */
export function isRefusalOfGuard(error: unknown, isPast: boolean): boolean {
  return !isPast && error instanceof HttpException && [401, 403].includes(error.getStatus());
}

/** As {@link isRefusalOfGuard}, or any other error that a guard threw, such as that of a library for tokens. */
export function isOfGuard(error: unknown, isPast: boolean): boolean {
  return isRefusalOfGuard(error, isPast) || (!isPast && throwerOf(error) !== null);
}

/**
 * Logs which guards of the host refuse what needs none, and the option that exempts it: once for each route, at the boot probe or
 * at the first request that is refused.
 */
export class GuardRefusals {
  readonly #logged = new Set<string>();

  constructor(
    private readonly logger: Logger,
    private readonly routes: OpenRoutes,
    private readonly application: ApplicationConfig | undefined,
  ) {}

  log(error: unknown, request: RoutedRequest): void {
    const route = routeOf(request) ?? this.routes;
    if (this.#logged.has(route)) {
      return;
    }
    this.#logged.add(route);
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const why =
      this.routes === 'webhooks'
        ? 'Webhooks of Powens never carry a session.'
        : 'Browsers that return from Powens without a session that it accepts are refused.';
    this.logger.warn(
      `A guard of the application (${namesOf(error, this.application)}) answered ${status} to ${route}. ${why} Exempt the ` +
        'callback and the webhooks with the option routes.publicDecorators, as [Public()]: state, cookie and signature ' +
        'protect them.',
    );
  }
}

/** Method and pattern of a route, never the address, which holds a code. */
function routeOf({ method, route, routeOptions }: RoutedRequest): string | null {
  const pattern = route?.path ?? routeOptions?.url;
  return typeof pattern === 'string' ? `${method} ${pattern}` : null;
}

/** A guard that throws is in the stack; one that returns false is not, so all global ones are named. */
function namesOf(error: unknown, application: ApplicationConfig | undefined): string {
  const thrower = throwerOf(error);
  if (thrower !== null) {
    return thrower;
  }
  const names = [
    ...(application?.getGlobalGuards() ?? []).map(({ constructor }) => constructor.name),
    ...(application?.getGlobalRequestGuards() ?? []).map(({ name }) => String(name)),
  ];
  return names.length === 0 ? 'of routes.publicDecorators' : [...new Set(names)].join(' or ');
}

function throwerOf(error: unknown): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const thrower = /\bat (?:async )?([\w$]+)\.(?:canActivate|handleRequest)\b/.exec(stack)?.[1] ?? 'Object';
  return thrower === 'Object' ? null : thrower;
}
