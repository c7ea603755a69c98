import type { AbstractHttpAdapter } from '@nestjs/core';
import type { ExpressLike, FastifyLike } from './frameworks.js';

/** A route that the application has, in the order in which the router tries them. */
export interface MappedRoute {
  readonly method: string;
  /** Pattern, as it was registered. */
  readonly path: string;
  /** Whether it takes a path, as far as the router says so. */
  takes(path: string): boolean;
}

/** The routes of an Express application. */
export function expressRoutes(adapter: AbstractHttpAdapter): MappedRoute[] {
  const layers = adapter.getInstance<ExpressLike>().router?.stack ?? [];
  return layers.flatMap((layer) => {
    const { path, methods = {} } = layer.route ?? {};
    return [path].flat().flatMap((one) =>
      typeof one === 'string'
        ? Object.keys(methods).map((method) => ({
            method: method.toUpperCase(),
            path: one,
            takes: (asked: string) => Boolean(layer.match?.(asked)),
          }))
        : [],
    );
  });
}

/** The routes that a Fastify application gets from now on. Its router refuses two that take the same path. */
export function collectFastifyRoutes(adapter: AbstractHttpAdapter): MappedRoute[] {
  const routes: MappedRoute[] = [];
  adapter.getInstance<FastifyLike>().addHook('onRoute', ({ method, url }) => {
    [method].flat().forEach((one) => routes.push({ method: one, path: url, takes: () => false }));
  });
  return routes;
}

/** Whether a pattern is that of a route: routers ignore one trailing slash and case. */
export function isSamePattern(one: string, other: string): boolean {
  const plain = (path: string): string => path.replace(/(?<=.)\/$/, '').toLowerCase();
  return plain(one) === plain(other);
}
