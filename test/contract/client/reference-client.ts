import type { Route, Who } from './route.js';
import { AUTH_ROUTES } from './routes/auth.routes.js';
import { BANK_ROUTES } from './routes/bank.routes.js';
import { CONNECTION_ROUTES } from './routes/connections.routes.js';
import { SETUP_ROUTES } from './routes/setup.routes.js';

/** Every route that this client knows. */
export const ROUTES: readonly Route[] = [
  ...AUTH_ROUTES,
  ...CONNECTION_ROUTES,
  ...BANK_ROUTES,
  ...SETUP_ROUTES,
];

/** An answer that is not what the reference says. */
export class ContractError extends Error {
  constructor(
    readonly call: string,
    readonly problems: readonly string[],
  ) {
    super(`${call}: ${problems.join('; ')}`);
    this.name = new.target.name;
  }
}

/** What goes into a call. */
export interface Call {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * A client of the provider, written from the public reference alone: it shares no code with the sandbox or with the library.
 * An unknown key, a missing one, or a value of another type is an error.
 */
export class ReferenceClient {
  /** The routes that were called, as `GET /users/{user}`. */
  readonly called = new Set<string>();

  constructor(
    private readonly root: string,
    private readonly tokens: Partial<Record<Who, string>>,
  ) {}

  /** Calls a route that this client knows, and checks the answer. */
  async call(name: string, call: Call = {}): Promise<Record<string, unknown>> {
    const route = ROUTES.find(({ method, path }) => `${method} ${path}` === name);
    if (route === undefined) {
      throw new ContractError(name, ['is not in the reference']);
    }
    this.called.add(name);
    const response = await fetch(this.urlOf(route, call), this.requestOf(route, call));
    const body = await response.text();
    const problems = route.statuses.includes(response.status)
      ? problemsOf(route, response, body)
      : [`answers ${response.status}: ${body.slice(0, 200)}`];
    if (problems.length > 0) {
      throw new ContractError(name, problems);
    }
    return body !== '' && isJson(response) ? (JSON.parse(body) as Record<string, unknown>) : {};
  }

  /** Any call at all: for what the reference refuses. */
  async attempt(
    method: string,
    path: string,
    { who = 'user', body, headers = {} }: { who?: Who; body?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; headers: Headers; text: string }> {
    const sent = { 'content-type': 'application/json', ...this.authorizationOf(who), ...headers };
    const init: RequestInit = { method, headers: sent, ...(body === undefined ? {} : { body }) };
    const response = await fetch(`${this.root}/2.0${path}`, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  private urlOf({ path }: Route, call: Call): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = name === 'user' ? (call.path?.['user'] ?? 'me') : call.path?.[name];
      if (value === undefined) {
        throw new Error(`${path} needs a value for ${name}.`);
      }
      return encodeURIComponent(value);
    });
    const query = new URLSearchParams(call.query).toString();
    return `${this.root}/2.0${filled}${query === '' ? '' : `?${query}`}`;
  }

  private requestOf({ method, who }: Route, { body }: Call): RequestInit {
    const headers = { accept: 'application/json', ...this.authorizationOf(who) };
    return body === undefined
      ? { method, headers, redirect: 'manual' }
      : {
          method,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
          redirect: 'manual',
        };
  }

  private authorizationOf(who: Who): Record<string, string> {
    const token = this.tokens[who];
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }
}

function problemsOf({ answer }: Route, response: Response, body: string): readonly string[] {
  switch (answer) {
    case 'nothing':
      return body === '' ? [] : ['answers with a body'];
    case 'pdf':
      return response.headers.get('content-type') === 'application/pdf' && body.startsWith('%PDF-')
        ? []
        : ['answers no PDF'];
    case 'redirect':
      return response.headers.get('location') === null ? ['redirects nowhere'] : [];
    default:
      return isJson(response) ? answer.problems(JSON.parse(body), 'answer') : ['answers no JSON'];
  }
}

function isJson(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('application/json') === true;
}
