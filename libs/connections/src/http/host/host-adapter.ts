import { HttpAdapterHost, type AbstractHttpAdapter } from '@nestjs/core';

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
  const check = (): void => {
    const adapter = adapterOf(host);
    if (adapter !== null) {
      step(adapter);
    }
  };
  if (hasSignal(host)) {
    host.init$.subscribe(check);
  } else {
    check();
    afterAssignment(host, check);
  }
}

/** Nest 11.0.0 to 11.1.3 have no signal. */
function hasSignal(host: Partial<Pick<HttpAdapterHost, 'init$'>>): boolean {
  return host.init$ !== undefined;
}

/** Calls back when Nest assigns the adapter, which a testing module does after its providers exist. */
function afterAssignment(host: HttpAdapterHost, callback: () => void): void {
  const assignable = assignableOf(host);
  Object.defineProperty(host, 'httpAdapter', {
    ...assignable,
    configurable: true,
    set(this: HttpAdapterHost, adapter: AbstractHttpAdapter) {
      assignable.set?.call(this, adapter);
      callback();
    },
  });
}

/** The accessor of the class, or the one that another step put before it. */
function assignableOf(host: HttpAdapterHost): PropertyDescriptor {
  const owner: object = Object.hasOwn(host, 'httpAdapter') ? host : HttpAdapterHost.prototype;
  return Object.getOwnPropertyDescriptor(owner, 'httpAdapter') ?? {};
}
