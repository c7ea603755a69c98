import type { IncomingMessage } from 'node:http';
import { MetadataScanner } from '@nestjs/core';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';

/** A part of a pattern that any part of a path fits. */
const ANYTHING = '*';

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
 * Matches requests for the routes of the library as a router does: without decoding anything. Other routes below the same paths are the
 * host's. Every request of the host is matched, so the patterns are split once.
 */
export class OwnRouteMatcher {
  readonly #patterns: readonly { readonly method: string; readonly segments: readonly string[] }[];

  /** @param paths - of all routes, one for each version in the URI */
  constructor(routes: readonly OwnRoute[], paths: readonly string[]) {
    this.#patterns = paths.flatMap((path) =>
      routes.map(({ method, pattern }) => ({
        method,
        segments: segmentsOf(`${path}/${pattern}`).map((segment) =>
          segment.startsWith(':') ? ANYTHING : segment.toLowerCase(),
        ),
      })),
    );
  }

  /** Whether a request is for one of the routes. */
  matches({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
    const wanted = method === 'HEAD' ? 'GET' : method;
    // Routers may be case-insensitive: no other route of a host differs from these in case alone.
    const given = segmentsOf(pathOfUrl(url).toLowerCase());
    return this.#patterns.some(
      ({ method: own, segments }) =>
        own === wanted &&
        segments.length === given.length &&
        segments.every(
          (segment, index) => given[index] === segment || (segment === ANYTHING && given[index] !== ''),
        ),
    );
  }
}

/** The path of a URL as it was sent; a proxy may send a whole URL. */
export function pathOfUrl(url: string): string {
  const local = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  const end = local.search(/[?#]/);
  return end < 0 ? local : local.slice(0, end);
}

function segmentsOf(path: string): string[] {
  // Routers ignore one trailing slash.
  return path.replace(/\/$/, '').split('/').slice(1);
}
