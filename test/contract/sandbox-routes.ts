import { RequestMethod } from '@nestjs/common';
import { PowensSandboxModule } from 'powens-sandbox';

/** Pages for a person, and what steers the sandbox: neither is a route of the provider's API. */
const NO_API =
  /^(sandbox|webview|auth\/webview|en|fr|de|nl|pt|it|es|connect|reconnect|manage|payment|)(\/|$)/;

/** The methods of the decorators that the sandbox uses. */
const METHODS: Partial<Record<RequestMethod, string>> = {
  [RequestMethod.GET]: 'GET',
  [RequestMethod.POST]: 'POST',
  [RequestMethod.PUT]: 'PUT',
  [RequestMethod.DELETE]: 'DELETE',
  [RequestMethod.PATCH]: 'PATCH',
};

/** Every route of the provider's API that the sandbox serves, as `GET /users/*`: from the decorators of its controllers. */
export function sandboxRoutes(): string[] {
  const controllers = (PowensSandboxModule.forRoot().controllers ?? []) as { prototype: object }[];
  const all = controllers.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
      const handler = (controller.prototype as Record<string, unknown>)[name] as object;
      const method = METHODS[Reflect.getMetadata('method', handler) as RequestMethod];
      return method === undefined
        ? []
        : pathsOf(controller)
            .flatMap((base) => pathsOf(handler).map((path) => `${base}/${path}`))
            .map((path) => path.replace(/\/+/g, '/').replace(/^\/|\/$/g, ''))
            .filter((path) => !NO_API.test(path))
            .map((path) => `${method} /${path}`);
    }),
  );
  return [...new Set(all.map(patternOf))].sort();
}

/** `GET /users/:user` and `GET /users/{user}` are one pattern. */
export function patternOf(route: string): string {
  return route.replace(/\{\w+\}|:\w+/g, '*');
}

function pathsOf(decorated: object): string[] {
  const path = Reflect.getMetadata('path', decorated) as string | string[];
  return Array.isArray(path) ? path : [path];
}
