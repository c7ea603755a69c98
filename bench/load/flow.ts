import { Pool } from 'undici';

/** Milliseconds that the two requests of one flow took, at the driver. */
export interface FlowTimes {
  readonly connectMs: number;
  readonly callbackMs: number;
}

/** Goes through flows against one server, as browsers would. */
export class FlowRunner {
  readonly #server: Pool;
  readonly #sandbox: Pool;
  #owners = 0;

  /** @param prefix - of its owners' names */
  constructor(
    private readonly prefix: string,
    serverUrl: string,
    sandboxUrl: string,
    concurrency: number,
  ) {
    this.#server = new Pool(serverUrl, { connections: concurrency });
    this.#sandbox = new Pool(sandboxUrl, { connections: concurrency });
  }

  /**
   * One flow of an owner who was never seen before, in a browser without cookies.
   *
   * @throws Error when any step answers something else than it should
   */
  async run(): Promise<FlowTimes> {
    this.#owners += 1;
    const owner = `${this.prefix}:${this.#owners}`;
    const started = performance.now();
    const { url, cookie } = await this.connect(owner);
    const atWebview = performance.now();
    const callback = await this.visitWebview(url);
    const returned = performance.now();
    await this.return(callback, owner, cookie);
    return { connectMs: atWebview - started, callbackMs: performance.now() - returned };
  }

  async close(): Promise<void> {
    await Promise.all([this.#server.close(), this.#sandbox.close()]);
  }

  private async connect(owner: string): Promise<{ url: string; cookie: string }> {
    const answer = await this.#server.request({
      method: 'POST',
      path: '/connections/connect',
      headers: { 'content-type': 'application/json', 'x-user': owner },
      body: '{}',
    });
    const text = await answer.body.text();
    const cookie = answer.headers['set-cookie'];
    if (answer.statusCode !== 201 || cookie === undefined) {
      throw new Error(`connect answered ${answer.statusCode}: ${text}`);
    }
    const { url } = JSON.parse(text) as { url: string };
    const [line = ''] = [cookie].flat();
    return { url, cookie: line.slice(0, line.indexOf(';')) };
  }

  /** In the sandbox's process: part of the flow, of no measured server. */
  private async visitWebview(url: string): Promise<string> {
    const answer = await this.#sandbox.request({
      method: 'POST',
      path: '/sandbox/webview',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url }),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) {
      throw new Error(`the webview answered ${answer.statusCode}: ${text}`);
    }
    const { location } = JSON.parse(text) as { location: string };
    return location.slice(location.indexOf('/', 'http://'.length));
  }

  private async return(path: string, owner: string, cookie: string): Promise<void> {
    const answer = await this.#server.request({ method: 'GET', path, headers: { 'x-user': owner, cookie } });
    const text = await answer.body.text();
    if (answer.statusCode !== 303) {
      throw new Error(`the callback answered ${answer.statusCode}: ${text}`);
    }
  }
}
