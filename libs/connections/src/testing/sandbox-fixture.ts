import type { ConnectionsModuleOptions } from '../options/index.js';
import type {
  FiredWebhook,
  InWebview,
  RunningSandbox,
  SandboxLedger,
  SandboxSource,
} from './sandbox-fixture.types.js';

/** The client application that every sandbox starts with. */
const CLIENT = {
  domain: 'demo-sandbox',
  clientId: '20000001',
  clientSecret: 'sandbox-client-secret-not-for-production',
};

/**
 * The whole flow in a host's test, against the sandbox.
 *
 * @public
 */
export class SandboxFixture {
  /** Root of the sandbox, without a slash at its end. */
  readonly url: string;

  constructor(private readonly sandbox: RunningSandbox) {
    this.url = sandbox.url;
  }

  /** The options that point `ConnectionsModule` to this sandbox. */
  options(): Pick<ConnectionsModuleOptions, 'powens' | 'insecureLoopback'> {
    const { domain, clientId, clientSecret } = this.sandbox.client ?? CLIENT;
    return {
      powens: { domain, clientId, clientSecret, apiUrl: `${this.url}/2.0`, webviewUrl: this.url },
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the sandbox has no TLS
      insecureLoopback: true,
    };
  }

  /**
   * Does in the webview what a person would.
   *
   * @param url - `url` of a started attempt
   * @returns the address of the callback, to be requested by the browser that started; null when the tab was closed
   */
  async completeWebview(url: string, done: InWebview = {}): Promise<string | null> {
    return ((await this.post('webview', { url, ...done })) as { location: string | null }).location;
  }

  /**
   * Puts a connection into a state, as the bank would; null is a good one. A registered `CONNECTION_SYNCED` webhook follows.
   *
   * @param powensConnectionId - its id at Powens
   */
  async setState(powensConnectionId: string, state: string | null): Promise<void> {
    await this.post(`connections/${powensConnectionId}`, { state });
  }

  /**
   * Registers a webhook of the application, signed with the HMAC secret of its option `webhooks.auth`. From then on the sandbox sends
   * it as Powens does.
   *
   * @param event - Powens' name, as `CONNECTION_SYNCED`
   * @param url - `<application>/connections/webhooks/connection-synced`
   */
  async registerWebhook(event: string, url: string, secret: string): Promise<void> {
    await this.post('webhooks', { event, url, auth: { type: 'hmac_signature', secret } });
  }

  /**
   * Sends a webhook now, to every URL that is registered for it.
   *
   * @returns the status that each URL answered; null when one did not answer
   */
  async fireWebhook(event: string, about: FiredWebhook): Promise<readonly (number | null)[]> {
    const { attempts } = (await this.post('webhooks/deliver', { event, ...about })) as {
      attempts: { status: number | null }[];
    };
    return attempts.map(({ status }) => status);
  }

  /** Moves the clock of the sandbox, which synchronises at night and ends consents. */
  async advance(seconds: number): Promise<void> {
    await this.post('clock', { advanceSeconds: seconds });
  }

  /** Reads what the sandbox saw and has. */
  async ledger(): Promise<SandboxLedger> {
    return (await this.answerOf(await fetch(`${this.url}/sandbox/ledger`))) as SandboxLedger;
  }

  /** Stops a sandbox that the fixture started. */
  async close(): Promise<void> {
    await this.sandbox.close?.();
  }

  private async post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.url}/sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return this.answerOf(response);
  }

  private async answerOf(response: Response): Promise<unknown> {
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`The sandbox answered ${response.status}: ${text.slice(0, 500)}`);
    }
    return text === '' ? null : JSON.parse(text);
  }
}

/**
 * Starts a sandbox for a test, or takes one that is running.
 *
 * @example
 * ```ts
 * import { startPowensSandbox } from 'powens-sandbox';
 *
 * const sandbox = await startSandboxFixture(startPowensSandbox);
 * const module = ConnectionsModule.forRoot({ ...sandbox.options(), publicUrl, keys, owner });
 * ```
 * @public
 */
export async function startSandboxFixture(source: SandboxSource): Promise<SandboxFixture> {
  const { url, ...rest } = typeof source === 'function' ? await source() : { url: source.url };
  return new SandboxFixture({ ...rest, url: url.replace(/\/+$/, '') });
}
