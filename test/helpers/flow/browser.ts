import { parse } from 'cookie';
import { request } from 'undici';
import { captureOutput, registerSecret } from '../canary/collector.js';

/** What came back, with nothing followed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; fails the test when it is none. */
  json<T = Record<string, unknown>>(): T;
  /** The `Location` header, or the empty string. */
  readonly location: string;
}

/**
 * A browser as far as this flow needs one: it keeps cookies, follows nothing by itself, and may be signed in.
 */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly origin: string,
    readonly user: string | null,
  ) {}

  /** The same browser at another application: it brings its cookies along. */
  at(origin: string): Browser {
    const same = new Browser(origin, this.user);
    for (const [name, value] of this.cookies) same.cookies.set(name, value);
    return same;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, headers);
  }

  async post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));
  }

  async send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const response = await exchange(new URL(path, this.origin), {
      method,
      headers: {
        ...(this.user === null ? {} : { 'x-user': this.user }),
        ...(this.cookies.size === 0 ? {} : { cookie: this.cookieHeader() }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    this.keepCookies(response.headers);
    const answer = answerOf(response, await response.text());
    captureAnswer(method, path, answer);
    return answer;
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private keepCookies(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      for (const [name, value] of Object.entries(parse(pair))) {
        this.cookies.set(name, value ?? '');
        // Whoever has it and the state completes the attempt: it may stand in `set-cookie` and nowhere else.
        if (/powens-binding(-|$)/.test(name)) registerSecret('binding', value ?? '');
      }
    }
  }
}

interface Exchange {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** `fetch` writes a `sec-fetch-mode` of its own, so what has another one is sent without it. */
async function exchange(url: URL, { method, headers, body }: Exchange): Promise<Response> {
  if (headers['sec-fetch-mode'] === undefined) {
    return fetch(url, { method, redirect: 'manual', headers, ...(body === undefined ? {} : { body }) });
  }
  const sent = await request(url, { method: method as 'GET', headers, body: body ?? null });
  const text = await sent.body.text();
  const received = Object.entries(sent.headers).flatMap(([name, values = []]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return new Response(text === '' ? null : text, { status: sent.statusCode, headers: received });
}

function answerOf(response: Response, text: string): Answer {
  return {
    status: response.status,
    headers: response.headers,
    text,
    location: response.headers.get('location') ?? '',
    json: <T>() => JSON.parse(text) as T,
  };
}

/** The webview's URL must hold the state, and the callback's own path is Powens' doing: both stay out of the scan. */
function captureAnswer(method: string, path: string, answer: Answer): void {
  const [pathname = ''] = path.split('?');
  const leadsToWebview =
    /\/(connect|reconnect|manage|links\/open)$/.test(pathname) &&
    (answer.status === 201 || (answer.status === 303 && URL.canParse(answer.location)));
  if (leadsToWebview) {
    registerParameters(answer.status === 201 ? answer.json<{ url: string }>().url : answer.location);
  }
  const headers = [...answer.headers].filter(
    ([name]) => name !== 'set-cookie' && !(leadsToWebview && name === 'location'),
  );
  const body = leadsToWebview ? '' : answer.text;
  captureOutput('answers', `${method} ${pathname} ${answer.status}\n${JSON.stringify(headers)}\n${body}`);
}

function registerParameters(webviewUrl: string): void {
  const { searchParams } = new URL(webviewUrl);
  for (const name of ['state', 'code']) {
    const value = searchParams.get(name);
    if (value !== null) registerSecret(name, value);
  }
}
