import { CookieJar } from './cookie-jar.js';
import { redactUrl } from './redact.js';

const TIMEOUT_MS = 10_000;

/** One request and its answer. */
export interface Hop {
  readonly method: string;
  /** Path and query, secrets hidden. */
  readonly shown: string;
  readonly status: number;
  readonly body: unknown;
  /** The target of a redirect, absolute; null when there is none. */
  readonly location: URL | null;
}

/** A hop: its description, expected answer and meaning. */
export interface HopPlan {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly to: string | URL;
  readonly body?: object;
  readonly expected: number;
  readonly meaning: string;
}

/** The demo failed. */
export class DemoError extends Error {}

/** A browser without a window: cookies, and redirects followed one by one so that each can be shown. */
export class DemoBrowser {
  private readonly jar = new CookieJar();

  constructor(
    private readonly origin: string,
    private readonly onHop: (hop: Hop, meaning: string) => void,
  ) {}

  /** Sends one request of the demo and shows it. @throws DemoError when the answer is not the expected one */
  async hop({ method, to, body, expected, meaning }: HopPlan): Promise<Hop> {
    const hop = await this.request(method, new URL(to, this.origin), body);
    this.onHop(hop, meaning);
    if (hop.status !== expected) {
      throw new DemoError(
        `${method} ${hop.shown} answered ${hop.status} instead of ${expected}: ${codeOf(hop.body)}`,
      );
    }
    return hop;
  }

  /** Sends a request without showing it. */
  async request(method: string, url: URL, body?: object): Promise<Hop> {
    const cookie = this.jar.header;
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.jar.keep(response.headers);
    const location = response.headers.get('location');
    return {
      method,
      shown: redactUrl(url),
      status: response.status,
      body: parse(await response.text()),
      location: location === null ? null : new URL(location, url),
    };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function codeOf(body: unknown): string {
  const code: unknown = (body as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'no code';
}
