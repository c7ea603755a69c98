import { DEFAULT_CLIENT, startPowensSandbox } from '../index.js';
import type { Ledger, PowensSandbox, PowensSandboxOptions, SandboxWebhooks } from '../index.js';

/** An answer of the sandbox, read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as an object; empty when it is not JSON. */
  json: Record<string, unknown>;
}

/** How a call differs from a bare one. */
export interface CallOptions {
  body?: unknown;
  form?: Record<string, string>;
  bearer?: string;
  headers?: Record<string, string>;
}

/** The credentials of the default client application, as the API wants them. */
export const CREDENTIALS = { client_id: DEFAULT_CLIENT.clientId, client_secret: DEFAULT_CLIENT.clientSecret };

/** A callback of the default client application. */
export const REDIRECT_URI = 'http://localhost:3000/connections/callback';

/** A sandbox on a free port, and the calls that tests make on it, over real HTTP. */
export class SandboxHarness {
  private constructor(private readonly sandbox: PowensSandbox) {}

  static async start(options?: PowensSandboxOptions): Promise<SandboxHarness> {
    return new SandboxHarness(await startPowensSandbox(options));
  }

  get url(): string {
    return this.sandbox.url;
  }

  get ledger(): Ledger {
    return this.sandbox.ledger();
  }

  get webhooks(): SandboxWebhooks {
    return this.sandbox.webhooks;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const init = { method, redirect: 'manual', ...sentWith(options) } as const;
    const response = await fetch(new URL(path, this.url), init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const json = isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, headers: response.headers, text, json };
  }

  get(path: string, bearer?: string): Promise<Answer> {
    return this.call('GET', path, bearer === undefined ? {} : { bearer });
  }

  post(path: string, body?: unknown, bearer?: string): Promise<Answer> {
    return this.call('POST', path, { body, ...(bearer === undefined ? {} : { bearer }) });
  }

  /** The URL of a webview, with the parameters it always has. */
  webviewUrl(extra: Record<string, string> = {}, path = '/en/connect'): string {
    const query = new URLSearchParams({
      domain: 'demo-sandbox.biapi.pro',
      client_id: DEFAULT_CLIENT.clientId,
      redirect_uri: REDIRECT_URI,
      ...extra,
    });
    return `${this.url}${path}?${query.toString()}`;
  }

  /** Lets the sandbox play the person, and reads where the browser is sent. */
  async visit(extra: Record<string, string> = {}, how: Record<string, unknown> = {}): Promise<URL> {
    const { json } = await this.post('/sandbox/webview', { url: this.webviewUrl(extra), ...how });
    return new URL(String(json['location']));
  }

  exchange(code: string, extra: Record<string, unknown> = {}): Promise<Answer> {
    return this.post('/2.0/auth/token/access', { ...CREDENTIALS, code, ...extra });
  }

  /** A user with one connection, made by the webview without a code. */
  async connectedUser(extra: Record<string, string> = {}): Promise<{ token: string; connectionId: string }> {
    const callback = await this.visit(extra);
    const { json } = await this.exchange(callback.searchParams.get('code') ?? '');
    return {
      token: String(json['access_token']),
      connectionId: callback.searchParams.get('connection_id') ?? '',
    };
  }

  /** A permanent user without a connection. */
  async permanentUser(): Promise<{ token: string; id: number }> {
    const { json } = await this.post('/2.0/auth/init', CREDENTIALS);
    return { token: String(json['auth_token']), id: Number(json['id_user']) };
  }

  async advanceClock(seconds: number): Promise<void> {
    await this.post('/sandbox/clock', { advanceSeconds: seconds });
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}

function sentWith({ body, form, bearer, headers = {} }: CallOptions): RequestInit {
  const all = { ...headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) };
  if (form !== undefined) {
    const type = 'application/x-www-form-urlencoded';
    return { headers: { 'content-type': type, ...all }, body: new URLSearchParams(form).toString() };
  }
  return body === undefined
    ? { headers: all }
    : { headers: { 'content-type': 'application/json', ...all }, body: JSON.stringify(body) };
}
