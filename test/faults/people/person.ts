import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type HttpAnswer } from './http.js';

/** One way through the webview, as its browser saw it. */
export interface Visit {
  readonly attemptId: string;
  /** Path and query of the callback. */
  readonly callback: string;
  readonly code: string | null;
  readonly powensConnectionId: string;
  /** What the callback was answered, in order; 0 for no answer. */
  readonly answers: number[];
  /** How the attempt ended, as its browser is told. */
  status: string | null;
}

const PAUSE_MS = 300;
/** Tries while things go wrong; what is left open then is concluded when all is well again. */
const TRIES = 8;

/** Somebody with a browser, who reloads what does not come. */
export class Person {
  readonly visits: Visit[] = [];
  /** Answers that no request may have. */
  readonly oddAnswers: string[] = [];
  readonly #cookies = new Map<string, string>();

  constructor(
    readonly owner: string,
    private readonly origin: string,
    private readonly sandboxUrl: string,
  ) {}

  /** Connects a bank, as far as it goes. */
  async connectBank(): Promise<void> {
    const started = await this.start();
    if (started === null) return;
    const visit = await this.throughWebview(started);
    this.visits.push(visit);
    await this.comeBack(visit, TRIES);
  }

  /**
   * Reloads the callback until it leads somewhere, and reads how the attempt ended.
   *
   * @returns whether it ended
   */
  async conclude(visit: Visit): Promise<boolean> {
    if (visit.answers.at(-1) !== 303) await this.comeBack(visit, 1);
    const answer = await this.tried('GET', `/connections/attempts/${visit.attemptId}`);
    if (answer?.status !== 200) return false;
    const { status } = JSON.parse(answer.text) as { status: string };
    visit.status = status;
    return !['pending', 'claimed'].includes(status);
  }

  /** Ids that Powens knows the listed connections by, with the ids they have here. */
  async connections(): Promise<Map<string, string> | null> {
    const answer = await this.tried('GET', '/connections');
    if (answer?.status !== 200) return null;
    const { items } = JSON.parse(answer.text) as { items: { id: string; powensConnectionId: string }[] };
    return new Map(items.map(({ id, powensConnectionId }) => [powensConnectionId, id]));
  }

  private async start(): Promise<{ attemptId: string; url: string } | null> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = await this.tried('POST', '/connections/connect', '{}');
      if (answer?.status === 201) return JSON.parse(answer.text) as { attemptId: string; url: string };
      await sleep(PAUSE_MS);
    }
    return null;
  }

  private async throughWebview({ attemptId, url }: { attemptId: string; url: string }): Promise<Visit> {
    const answer = await ask(new URL('/sandbox/webview', this.sandboxUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url }),
    });
    const { location } = JSON.parse(answer.text) as { location: string };
    const { pathname, search, searchParams } = new URL(location);
    return {
      attemptId,
      callback: `${pathname}${search}`,
      // As the provider writes it: a `+` in a code is a plus.
      code: new URLSearchParams(search.replaceAll('+', '%2B')).get('code'),
      powensConnectionId: searchParams.get('connection_id') ?? '',
      answers: [],
      status: null,
    };
  }

  private async comeBack(visit: Visit, tries: number): Promise<void> {
    for (let index = 0; index < tries; index += 1) {
      const answer = await this.tried('GET', visit.callback);
      visit.answers.push(answer?.status ?? 0);
      if (answer?.status === 303) return;
      if (answer?.status === 400 || answer?.status === 403) {
        this.oddAnswers.push(`a good callback was answered ${answer.status}: ${answer.text.slice(0, 200)}`);
        return;
      }
      await sleep(PAUSE_MS);
    }
  }

  /** @returns null where nothing came back */
  private async tried(method: string, path: string, body?: string): Promise<HttpAnswer | null> {
    try {
      const answer = await ask(new URL(path, this.origin), {
        method,
        headers: {
          'x-user': this.owner,
          ...(this.#cookies.size === 0 ? {} : { cookie: this.cookieHeader() }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      });
      this.keep(answer.cookies);
      if (answer.status === 500) {
        this.oddAnswers.push(`500 to ${method} ${path.split('?')[0]}: ${answer.text.slice(0, 300)}`);
      }
      return answer;
    } catch {
      // Refused, reset, or too late: the person reloads.
      return null;
    }
  }

  private keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = ''] = line.split(';');
      const split = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, split), pair.slice(split + 1));
    }
  }

  private cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
