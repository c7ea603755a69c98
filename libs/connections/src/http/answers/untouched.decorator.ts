import { applyDecorators, SerializeOptions, SetMetadata } from '@nestjs/common';

/** Metadata of `@nestjs/cache-manager`; by name, since the library does not need the package. */
const CACHE_KEY = 'cache_module:cache_key';
const CACHE_TTL = 'cache_module:cache_ttl';
/** Metadata of `@nestjs/common` that makes a method a route. */
const ROUTE_PATH = 'path';

/** Without a key the interceptor of `@nestjs/cache-manager` passes the request on (version 12). */
function noCacheKey(): undefined {
  return undefined;
}

/** Version 3 uses the function above as a key. It catches the error of its time to live, and caches nothing. */
function noCacheTtl(): never {
  throw new Error('Answers of this library are not cached.');
}

/**
 * Keeps two interceptors of Nest, which a host may install for all routes, away from the routes of a controller:
 * `CacheInterceptor` would give one owner the answer of another, `ClassSerializerInterceptor` with `excludeAll` would
 * empty it. Both read metadata of the handler or the class.
 */
export function Untouched(): ClassDecorator {
  return (controller) => {
    for (const handler of handlersOf(controller.prototype as object)) {
      SetMetadata(CACHE_KEY, noCacheKey)(handler);
      SetMetadata(CACHE_TTL, noCacheTtl)(handler);
    }
    applyDecorators(
      SerializeOptions({
        strategy: 'exposeAll',
        excludePrefixes: [],
        excludeExtraneousValues: false,
        exposeUnsetFields: true,
      }),
    )(controller);
  };
}

function handlersOf(prototype: object | null): (() => unknown)[] {
  if (prototype === null || prototype === Object.prototype) {
    return [];
  }
  const own = Object.values(Object.getOwnPropertyDescriptors(prototype))
    .map(({ value }): unknown => value)
    .filter((value): value is () => unknown => typeof value === 'function')
    .filter((method) => Reflect.hasMetadata(ROUTE_PATH, method));
  return [...own, ...handlersOf(Object.getPrototypeOf(prototype) as object | null)];
}
