import { setTimeout as sleep } from 'node:timers/promises';
import {
  answerOf,
  locationOf,
  type Account,
  type Attempt,
  type Connection,
  type ReceivedEvent,
} from './demo-answers.js';
import { DemoBrowser, DemoError, type Hop, type HopPlan } from './demo-browser.js';
import type { Narrator } from './narrator.js';

const EVENT_DEADLINE_MS = 5_000;
const EVENT_POLL_MS = 25;

/** One pass through the webview, and its outcome. */
export interface Passage {
  readonly attempt: Attempt;
  readonly callback: URL;
}

/** The steps in the webview. */
export interface WebviewSteps {
  /** The route that starts the flow; `POST /connections/connect` when absent. */
  readonly start?: string;
  readonly outcome: string;
  /** The bank to pick; the first of the list when absent. */
  readonly connectorUuid?: string;
  readonly deed: string;
}

/** A person with a browser. */
export class DemoPerson {
  private readonly browser: DemoBrowser;

  constructor(
    private readonly hostUrl: string,
    private readonly sandboxUrl: string,
    narrator: Narrator,
  ) {
    this.browser = new DemoBrowser(hostUrl, (hop, meaning) => narrator.hop(hop, meaning));
  }

  async signIn(user: string): Promise<void> {
    await this.browser.hop({
      ...post('/session', { user }),
      expected: 204,
      meaning: 'the session cookie is set',
    });
  }

  /** Starts a flow, performs the steps of a person in the webview, and returns. */
  async passWebview({ start = '/connections/connect', deed, ...done }: WebviewSteps): Promise<Passage> {
    const started = await this.browser.hop({
      ...post(start, {}),
      expected: 201,
      meaning: 'the webview URL; a cookie binds the attempt to this browser',
    });
    const { url } = answerOf(started) as { url: string };
    const returned = await this.browser.hop({
      ...post(new URL('/sandbox/webview', this.sandboxUrl), { url, ...done }),
      expected: 200,
      meaning: deed,
    });
    const callback = new URL((answerOf(returned) as { location: string }).location);
    const landing = locationOf(await this.open(callback, 303, 'the attempt is used up; on to its result'));
    const attempt = answerOf(await this.open(landing, 200, 'the result')) as Attempt;
    return { attempt, callback };
  }

  /** Opens an address. */
  open(to: string | URL, expected: number, meaning: string): Promise<Hop> {
    return this.browser.hop({ method: 'GET', to, expected, meaning });
  }

  /** Requests a synchronisation now. */
  async sync(connection: Connection, meaning: string): Promise<Connection> {
    const to = `/connections/${connection.id}/sync`;
    return answerOf(await this.browser.hop({ ...post(to, {}), expected: 202, meaning })) as Connection;
  }

  async delete(to: string, meaning: string): Promise<void> {
    await this.browser.hop({ method: 'DELETE', to, expected: 204, meaning });
  }

  async connections(): Promise<readonly Connection[]> {
    const hop = await this.open('/connections', 200, 'the connections, as the application knows them');
    return (answerOf(hop) as { items: Connection[] }).items;
  }

  async accounts(): Promise<readonly Account[]> {
    const hop = await this.open(
      '/accounts',
      200,
      'read live from Powens, with the token opened for one call',
    );
    return (answerOf(hop) as { items: Account[] }).items;
  }

  /** Waits until the handlers received the expected event: delivery is asynchronous. */
  async event(type: string, isIt: (event: ReceivedEvent) => boolean = () => true): Promise<ReceivedEvent> {
    const deadline = performance.now() + EVENT_DEADLINE_MS;
    while (performance.now() < deadline) {
      const hop = await this.browser.request('GET', new URL('/events', this.hostUrl));
      const { items } = answerOf(hop) as { items: ReceivedEvent[] };
      const found = items.find((event) => event.type === type && isIt(event));
      if (found !== undefined) {
        return found;
      }
      await sleep(EVENT_POLL_MS);
    }
    throw new DemoError(`no handler received ${type} within ${EVENT_DEADLINE_MS} ms`);
  }
}

function post(to: string | URL, body: object): Pick<HopPlan, 'method' | 'to' | 'body'> {
  return { method: 'POST', to, body };
}
