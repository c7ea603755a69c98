import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { builtHost } from '../host/build.js';

/** What the application under the element answers. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call of the element. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
/** For a page that hangs. */
const HANGS_MS = 300_000;

/** An application with the element: the built files, a strict policy, and the answers of a test. */
export class ElementPage {
  readonly calls: Call[] = [];
  /** What the browser reports: refused by the policy, an error of a script. */
  readonly seen: string[] = [];
  answer: (call: Call) => Answer | Promise<Answer> = () => ({ body: { items: [], nextCursor: null } });

  private constructor(
    private readonly server: Server,
    readonly page: Page,
  ) {}

  static async open(chromium: Browser): Promise<ElementPage> {
    const built = join(dirname(dirname(await builtHost('main.js'))), 'libs', 'connections', 'src');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const context = await chromium.newContext({ locale: 'en' });
    context.setDefaultTimeout(HANGS_MS);
    const opened = new ElementPage(server, await context.newPage());
    server.on('request', (request, response) => {
      opened.serve(built, request, response).catch((error: unknown) => opened.seen.push(String(error)));
    });
    opened.page.on('console', (message) => {
      // The browser reports every status of 400 and more by itself.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load')) {
        opened.seen.push(message.text());
      }
    });
    opened.page.on('pageerror', (error) => opened.seen.push(error.message));
    return opened;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Loads the page with an element of these attributes and properties, which are expressions; its events are kept. */
  async show(
    attributes: Record<string, string> = {},
    properties: Record<string, string> = {},
    query = '',
  ): Promise<void> {
    await this.page.goto(`${this.url}/${query}`);
    const assignments = Object.entries(properties).map(
      ([name, expression]) => `element.${name} = ${expression};`,
    );
    await this.page.evaluate(`(async () => {
      window.received = [];
      for (const name of ['load', 'connect', 'attempt', 'remove', 'sync', 'sign-in', 'error']) {
        document.addEventListener('powens-' + name, (event) => window.received.push({ name, detail: event.detail }));
      }
      const element = document.createElement('powens-connections');
      for (const [name, value] of Object.entries(${JSON.stringify({ 'base-url': '/api/banks', ...attributes })})) element.setAttribute(name, value);
      // Before the class is there, as a framework may do it.
      ${assignments.join('\n')}
      document.body.append(element);
      await import('/element/index.js');
    })()`);
  }

  /** The events of the element by name. */
  async events(): Promise<{ name: string; detail: unknown }[]> {
    return this.page.evaluate(
      'window.received.map(({ name, detail }) => ({ name, detail: name === "error" ? { action: detail.action, code: detail.error.code } : detail }))',
    );
  }

  async says(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name }).last().click();
  }

  /** Everything that the element shows. */
  async text(): Promise<string> {
    return this.page.evaluate(
      "document.querySelector('powens-connections').shadowRoot.querySelector('section').innerText",
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(built: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', this.url);
    if (pathname.startsWith('/api/')) {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const call = {
        method: request.method ?? '',
        path: `${pathname}${search}`.replace('/api/banks', ''),
        body: Buffer.concat(chunks).toString(),
        headers: request.headers,
      };
      this.calls.push(call);
      send(response, await this.answer(call));
    } else if (/^\/(element|client)\/[a-z/.-]+\.js$/.test(pathname)) {
      send(response, { type: 'text/javascript', body: readFileSync(join(built, pathname), 'utf8') });
    } else if (pathname === '/') {
      const page = '<!doctype html><html lang="en"><title>Banks</title><body></body></html>';
      send(response, { type: 'text/html', body: page, headers: { 'content-security-policy': POLICY } });
    } else {
      send(response, { status: 204 });
    }
  }
}

function send(response: ServerResponse, { status = 200, body, type, headers = {} }: Answer): void {
  if (status === 0) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': type ?? 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An answer of the library that refuses. */
export function problem(status: number, fields: object, headers = {}): Answer {
  return {
    status,
    body: { type: 'about:blank', status, ...fields },
    type: 'application/problem+json',
    headers,
  };
}

/** The id of the nth connection. */
export function idOf(index: number): string {
  return `01985c3f-0f1b-7a52-8f0e-52f0c7f6a9d${index}`;
}

/** A connection as the library answers it. */
export function connection(index: number, fields: object = {}): Record<string, unknown> {
  return {
    id: idOf(index),
    powensConnectionId: String(index),
    connectorName: `Bank ${index}`,
    connectorUuid: null,
    state: null,
    requiredAction: null,
    createdAt: '2026-03-14T09:28:40.002Z',
    lastSyncedAt: null,
    expiresAt: null,
    ...fields,
  };
}

/** A page of the list. */
export function list(...items: object[]): Answer {
  return { body: { items, nextCursor: null } };
}

/** An answer that comes when it is let. */
export function held(answer: Answer): { readonly answer: Promise<Answer>; release(): void } {
  let release = (): void => undefined;
  const promise = new Promise<Answer>((resolve) => {
    release = () => resolve(answer);
  });
  return { answer: promise, release: () => release() };
}
