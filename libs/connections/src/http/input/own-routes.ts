import { MetadataScanner } from '@nestjs/core';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';

/** A route of the library. */
export interface OwnRoute {
  /** Method, as HTTP writes it. */
  readonly method: string;
  /** Pattern below the path of all routes, without a slash before it: `attempts/:id`, or the empty text. */
  readonly pattern: string;
}

/** Reads from its controllers which routes a registration has. */
export function ownRoutesOf(controllers: readonly Type[]): OwnRoute[] {
  const scanner = new MetadataScanner();
  return controllers.flatMap(({ prototype }: Type<object>) =>
    scanner.getAllMethodNames(prototype as object).flatMap((name) => {
      const handler = (prototype as Record<string, object>)[name] ?? {};
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      return path === undefined || method === undefined
        ? []
        : [{ method: RequestMethod[method], pattern: path.replace(/^\/+/, '') }];
    }),
  );
}

/**
 * Whether a request is for one of these routes, matched as a router does: without decoding anything. Other routes below the same
 * path are the host's.
 *
 * @param path - of all routes
 */
export function isForOneOf(
  routes: readonly OwnRoute[],
  path: string,
  request: { readonly method?: string | undefined; readonly url?: string | undefined },
): boolean {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const given = segmentsOf(pathOfUrl(request.url ?? ''));
  return routes.some((route) => {
    const wanted = segmentsOf(`${path}/${route.pattern}`);
    return (
      route.method === method &&
      wanted.length === given.length &&
      wanted.every((segment, index) => fits(segment, given[index]))
    );
  });
}

/** The path of a URL as it was sent; a proxy may send a whole URL. */
export function pathOfUrl(url: string): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/);
  return path;
}

function segmentsOf(path: string): string[] {
  // Routers ignore one trailing slash.
  return path.replace(/\/$/, '').split('/').slice(1);
}

/** Routers may be case-insensitive: no other route of a host differs from these in case alone. */
function fits(wanted: string, given: string | undefined): boolean {
  return wanted.startsWith(':')
    ? given !== undefined && given !== ''
    : wanted.toLowerCase() === given?.toLowerCase();
}
