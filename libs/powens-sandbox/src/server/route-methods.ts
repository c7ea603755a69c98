interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Which methods each path has: it separates a wrong method from an unknown path. */
export class RouteMethods {
  private readonly routes = new Map<string, Route>();

  /** Notes a route as it is registered. */
  add({ url, method }: { url: string; method: string | string[] }): void {
    const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    [method].flat().forEach((one) => route.methods.add(one));
    this.routes.set(url, route);
  }

  /** The methods of a path; none when the path is unknown. */
  of(path: string): string[] {
    const wanted = path.replace(/(?<=.)\/$/, '');
    const fitting = [...this.routes.values()].filter(({ pattern }) => pattern.test(wanted));
    return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
  }
}

function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
