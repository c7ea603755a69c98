import type { ClientAttempt, ClientConnection, ClientStartedAttempt } from '../client/index.js';
import type { ControllerHost } from './controller-host.js';
import { depart } from './departure.js';
import type { PowensConnectDetail, PowensErrorDetail } from './element-events.js';
import { failedWith, Notices } from './notices.js';
import { allConnections, endOfAttempt } from './reading.js';
import type { CardAction } from './view/connection-card.js';
import type { ElementView } from './view/element-view.js';
import { fill } from './words/texts.js';

type Action = PowensErrorDetail['action'];

/** Of the whole element, as opposed to one connection. */
const ELEMENT = '';

/** Calls the routes, and shows what they answer. It lives as long as the element is on the page. */
export class ElementController {
  /** Ends with the page and with the session: what is answered afterwards is not shown, for another person may look. */
  #end = new AbortController();
  readonly #busy = new Set<string>();
  readonly #notices: Notices;
  #loads = 0;
  #isLeaving = false;
  #isShown = false;

  constructor(
    private host: ControllerHost,
    private readonly view: ElementView,
  ) {
    this.#notices = new Notices(view, () => this.host.words);
  }

  /** The attempt whose end is shown. */
  get attemptId(): string | null {
    return this.host.attemptId;
  }

  /** Continues for the same person with other words or another start: an attempt in a popup must not be given up for it. */
  change(host: ControllerHost): void {
    this.host = host;
    if (this.#isShown) {
      this.view.show(this.view.list.connections, host.words);
    }
  }

  async open(): Promise<void> {
    this.#notices.sayForNow(this.host.words.texts.loading);
    if (await this.load()) {
      await this.#land();
    }
  }

  /** What is still answered is not shown any more. */
  close(): void {
    this.#end.abort();
    this.#busy.forEach((key) => this.#mark(key, false));
  }

  /** The browser's back button, out of the webview: the page stands as it was left. */
  async resume(): Promise<void> {
    this.#isLeaving = false;
    this.#busy.forEach((key) => this.#mark(key, false));
    this.#notices.say('');
    await this.load();
  }

  /** Reads the list. Of two at the same time, the one that was asked later is shown. */
  async load(): Promise<boolean> {
    this.#loads += 1;
    const turn = this.#loads;
    const { signal } = this.#end;
    const isLatest = (): boolean => turn === this.#loads && !signal.aborted;
    this.view.isBusy = true;
    try {
      const connections = await this.#notices.waitFor(allConnections(this.host.client, signal), signal);
      if (!isLatest()) return false;
      this.#show(connections);
      return true;
    } catch (error) {
      if (isLatest()) this.#fail('load', error, async () => this.load());
      return false;
    } finally {
      if (isLatest()) this.view.isBusy = false;
    }
  }

  async refresh(): Promise<void> {
    await this.#perform('load', ELEMENT, async () => {
      if (await this.load()) {
        const count = String(this.view.list.connections.length);
        this.#notices.say(fill(this.host.words.texts.refreshed, { count }));
      }
    });
  }

  async add(): Promise<void> {
    const { client, startRequest } = this.host;
    await this.#perform('connect', ELEMENT, async (signal) => {
      const about = { flow: 'connect', connectionId: null } as const;
      await this.#leave(about, async () => client.connect(startRequest), signal);
    });
  }

  async act(action: CardAction, connection: ClientConnection): Promise<void> {
    if (this.#busy.has(connection.id)) return;
    if (action === 'remove') {
      if (await this.view.confirm(connection, this.host.words)) await this.#remove(connection);
      return;
    }
    await (action === 'repair' ? this.#repair(connection) : this.#sync(connection));
  }

  async #repair({ id }: ClientConnection): Promise<void> {
    const { lang, returnTo } = this.host.startRequest;
    const request = {
      ...(lang === undefined ? {} : { lang }),
      ...(returnTo === undefined ? {} : { returnTo }),
    };
    await this.#perform('reconnect', id, async (signal) => {
      const about = { flow: 'reconnect', connectionId: id } as const;
      await this.#leave(about, async () => this.host.client.reconnect(id, request), signal);
    });
  }

  async #sync(connection: ClientConnection): Promise<void> {
    await this.#perform('sync', connection.id, async (signal) => {
      const synced = await this.host.client.sync(connection.id);
      if (signal.aborted) return;
      const { connections } = this.view.list;
      this.#show(connections.map((one) => (one.id === synced.id ? synced : one)));
      this.#notices.say(this.host.words.with('synced', synced));
      this.host.emit('powens-sync', { connection: synced });
    });
  }

  async #remove(connection: ClientConnection): Promise<void> {
    const { id } = connection;
    await this.#perform('remove', id, async (signal) => {
      await this.host.client.delete(id);
      if (signal.aborted) return;
      // A list that was asked before would show it again.
      this.#loads += 1;
      this.view.isBusy = false;
      const { list } = this.view;
      const next = this.view.hasFocus(list.card(id)?.node) ? (list.neighbour(id) ?? this.view) : undefined;
      this.#show(list.connections.filter((one) => one.id !== id));
      next?.focus();
      this.#notices.say(this.host.words.with('removed', connection));
      this.host.emit('powens-remove', { connectionId: id });
    });
  }

  async #leave(
    about: Pick<PowensConnectDetail, 'flow' | 'connectionId'>,
    begin: () => Promise<ClientStartedAttempt>,
    signal: AbortSignal,
  ): Promise<void> {
    const { texts } = this.host.words;
    const departure = await depart(this.host, about, begin, signal);
    if (departure.where === 'page') {
      this.#isLeaving = true;
      this.#notices.sayForNow(texts.leaving);
    } else if (departure.where === 'popup') {
      // The buttons are free meanwhile: whether the popup was closed is not always known.
      const { attemptId, end } = departure;
      this.#notices.say(texts.inPopup);
      start(this.#report(attemptId, signal, end).then(async (isShown) => isShown && this.load()));
    }
  }

  /** Shows how the attempt ended from which the browser comes back. */
  async #land(): Promise<void> {
    const { attemptId } = this.host;
    if (attemptId !== null) await this.#report(attemptId, this.#end.signal);
  }

  /** Says how an attempt ended, which is read unless it is known when it ends. */
  async #report(id: string, signal: AbortSignal, end?: Promise<ClientAttempt>): Promise<boolean> {
    try {
      const attempt = await (end ??
        this.#notices.waitFor(endOfAttempt(this.host.client, id, signal), signal));
      if (signal.aborted) return false;
      this.#notices.say(this.host.words.attempt(attempt));
      this.host.emit('powens-attempt', { attempt });
      return true;
    } catch (error) {
      // Not of this person: an address that was kept.
      if (!signal.aborted && !failedWith(error, 'not_found')) {
        this.#fail('attempt', error, async () => this.#report(id, signal));
      }
      return false;
    }
  }

  /** One thing at a time of one connection: pressing twice sends once. */
  async #perform(action: Action, key: string, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#busy.has(key)) return;
    const { signal } = this.#end;
    this.#mark(key, true);
    this.#notices.clearProblem();
    try {
      await this.#notices.waitFor(run(signal), signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(action, error, async () => this.#perform(action, key, run));
    } finally {
      if (!signal.aborted && !this.#isLeaving) this.#mark(key, false);
    }
  }

  #mark(key: string, isBusy: boolean): void {
    if (isBusy) this.#busy.add(key);
    else this.#busy.delete(key);
    const { list, add, refresh } = this.view;
    const marked = key === ELEMENT ? [add, refresh] : [list.card(key)];
    for (const one of marked) {
      if (one !== undefined) one.isBusy = isBusy;
    }
  }

  #show(connections: readonly ClientConnection[]): void {
    this.#isShown = true;
    this.view.isSignedOut = false;
    this.view.show(connections, this.host.words);
    if (!this.#isLeaving) this.#notices.answered('load');
    this.host.emit('powens-load', { connections });
  }

  #fail(action: Action, error: unknown, again: () => Promise<unknown>): void {
    if (failedWith(error, 'unauthenticated')) {
      this.close();
      this.#end = new AbortController();
      this.#isShown = false;
      this.#notices.signedOut(() => start(this.load()));
      this.host.emit('powens-sign-in', null);
      return;
    }
    // Removed elsewhere: nothing to try again, and the list is not up to date.
    const isGone = failedWith(error, 'not_found') && action !== 'load';
    this.#notices.problem(action, error, isGone ? null : () => start(again()));
    this.host.emit('powens-error', { action, error });
    if (isGone) start(this.load());
  }
}

/** From a handler, which cannot wait. What these reject with is shown already. */
function start(work: Promise<unknown>): void {
  work.catch(() => undefined);
}
