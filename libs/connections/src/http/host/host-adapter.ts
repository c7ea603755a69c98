import type { AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';

/**
 * The adapter of the host's application. A worker, a script, a microservice or a module under test has none.
 *
 * @returns null without HTTP
 */
export function adapterOf(host: HttpAdapterHost): AbstractHttpAdapter | null {
  return (host.httpAdapter as AbstractHttpAdapter | null | undefined) ?? null;
}

/**
 * The adapter of the host, if it is of this type.
 *
 * @returns null for another one, and without HTTP
 */
export function adapterOfType(
  host: HttpAdapterHost,
  type: 'express' | 'fastify',
): AbstractHttpAdapter | null {
  const adapter = adapterOf(host);
  return adapter?.getType() === type ? adapter : null;
}

/**
 * Runs a step as soon as the application has an adapter, before the host's parsers are installed; never without HTTP.
 * A first signal without an adapter may be the last one, as for a context; a testing module signals when it has one.
 */
export function whenAdapted(host: HttpAdapterHost, step: (adapter: AbstractHttpAdapter) => void): void {
  host.init$.subscribe(() => {
    const adapter = adapterOf(host);
    if (adapter !== null) {
      step(adapter);
    }
  });
}
