import {
  ConnectionsClient,
  type ClientStartRequest,
  type ConnectionsClientOptions,
} from '../client/index.js';
import { attemptIdOf, clientOptionsOf, startRequestOf } from './attributes.js';
import type { ControllerHost } from './controller-host.js';
import { ElementController } from './element-controller.js';
import type { PowensConnectionsEventMap } from './element-events.js';
import { ElementView } from './view/element-view.js';
import type { PowensConnectionsTexts } from './words/texts.js';
import { Words } from './words/words.js';

/** On a server, which renders the tag alone, there is no such class. */
const Base: typeof HTMLElement =
  (globalThis as { HTMLElement?: typeof HTMLElement }).HTMLElement ??
  (Object as unknown as typeof HTMLElement);

const PROPERTIES = ['client', 'fetch', 'headers', 'startRequest', 'texts'] as const;

/** What the application may set; a change shows at once. */
interface Settings {
  client?: ConnectionsClient | undefined;
  fetch?: ConnectionsClientOptions['fetch'] | undefined;
  headers?: ConnectionsClientOptions['headers'] | undefined;
  startRequest?: ClientStartRequest | undefined;
  texts?: Partial<PowensConnectionsTexts> | undefined;
}

/**
 * `<powens-connections>`: the connections of the signed-in person, with buttons to add, repair, update and remove them.
 *
 * Attributes: `base-url` (where the routes are, `/connections` by default), `credentials` (`include` for an application on another
 * origin), `return-to` (where the browser lands after the webview, as `returnTo` of a start), `attempt` (the id of an attempt whose end
 * is shown; by default the parameter `attempt` of the page's address, which the callback sets; empty for none), `display` (`popup` opens the
 * webview in a popup) and `lang`.
 *
 * It calls `GET /connections` as soon as it is on the page: put it there when the person is signed in.
 *
 * @see docs/front-end.md
 */
export class PowensConnectionsElement extends Base {
  static readonly observedAttributes = ['attempt', 'base-url', 'credentials', 'display', 'lang', 'return-to'];

  readonly #settings: Settings = {};
  #view: ElementView | null = null;
  #controller: ElementController | null = null;
  #isChanged = false;
  /** Whether the next answer may be that of another person. */
  #mayBeAnother = false;

  /** Replaces the client that the attributes and the other properties describe. */
  get client(): ConnectionsClient | undefined {
    return this.#settings.client;
  }
  set client(client: ConnectionsClient | undefined) {
    this.#set({ client });
  }

  /** Sends the calls, in place of the global `fetch`. */
  get fetch(): ConnectionsClientOptions['fetch'] | undefined {
    return this.#settings.fetch;
  }
  set fetch(send: ConnectionsClientOptions['fetch'] | undefined) {
    this.#set({ fetch: send });
  }

  /** Headers of each call: a bearer token, or one against cross-site requests where the application asks for it. */
  get headers(): ConnectionsClientOptions['headers'] | undefined {
    return this.#settings.headers;
  }
  set headers(headers: ConnectionsClientOptions['headers'] | undefined) {
    this.#set({ headers });
  }

  /** Which connections are offered: capabilities, countries, connectors. The attributes `return-to` and `lang` go before it. */
  get startRequest(): ClientStartRequest | undefined {
    return this.#settings.startRequest;
  }
  set startRequest(startRequest: ClientStartRequest | undefined) {
    this.#set({ startRequest });
  }

  /** Texts that replace those of the language. */
  get texts(): Partial<PowensConnectionsTexts> | undefined {
    return this.#settings.texts;
  }
  set texts(texts: Partial<PowensConnectionsTexts> | undefined) {
    this.#set({ texts });
  }

  /** Reads the list again, for example after a sign-in, or when the application learns of a change. */
  async refresh(): Promise<void> {
    await this.#controller?.load();
  }

  /** Called by the browser. */
  connectedCallback(): void {
    this.#adoptEarlyProperties();
    this.#view ??= new ElementView(this.attachShadow({ mode: 'open' }), {
      add: () => ignored(this.#controller?.add()),
      refresh: () => ignored(this.#controller?.refresh()),
      act: (action, connection) => ignored(this.#controller?.act(action, connection)),
    });
    addEventListener('pageshow', this.#resume);
    this.#change();
  }

  /** Called by the browser. */
  disconnectedCallback(): void {
    removeEventListener('pageshow', this.#resume);
    this.#controller?.close();
    this.#controller = null;
    // It may come back for another person.
    this.#view?.clear();
  }

  /** Called by the browser. */
  attributeChangedCallback(name: string): void {
    this.#change(name === 'base-url' || name === 'credentials');
  }

  readonly #resume = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) {
      ignored(this.#controller?.resume());
    }
  };

  /** What a framework set before this class was defined would hide the accessors. */
  #adoptEarlyProperties(): void {
    for (const name of PROPERTIES) {
      if (Object.hasOwn(this, name)) {
        const value: unknown = Reflect.get(this, name);
        Reflect.deleteProperty(this, name);
        Reflect.set(this, name, value);
      }
    }
  }

  #set(settings: Settings): void {
    // A framework sets every property whenever it renders.
    const [changed] = (Object.keys(settings) as (keyof Settings)[]).filter(
      (name) => settings[name] !== this.#settings[name],
    );
    if (changed === undefined) return;
    Object.assign(this.#settings, settings);
    this.#change(['client', 'fetch', 'headers'].includes(changed));
  }

  /** Once for all changes of a moment: an application sets several properties one after the other. */
  #change(mayBeAnother = false): void {
    this.#mayBeAnother ||= mayBeAnother;
    if (this.#isChanged) return;
    this.#isChanged = true;
    queueMicrotask(() => {
      this.#isChanged = false;
      if (this.isConnected) this.#open();
    });
  }

  #open(): void {
    if (this.#view === null) return;
    const host = this.#host();
    this.#view.label(host.words);
    if (this.#controller?.attemptId === host.attemptId && !this.#mayBeAnother) {
      this.#controller.change(host);
      return;
    }
    this.#controller?.close();
    if (this.#mayBeAnother) this.#view.clear();
    this.#mayBeAnother = false;
    this.#controller = new ElementController(host, this.#view);
    ignored(this.#controller.open());
  }

  #host(): ControllerHost {
    const lang = this.closest<HTMLElement>('[lang]')?.lang ?? '';
    return {
      client: this.client ?? new ConnectionsClient(clientOptionsOf(this, this.#settings)),
      words: new Words(lang === '' ? navigator.language : lang, this.texts ?? {}),
      startRequest: startRequestOf(this, this.startRequest, lang),
      display: this.getAttribute('display') === 'popup' ? 'popup' : 'page',
      attemptId: attemptIdOf(this),
      emit: (type, detail) => this.#emit(type, detail),
    };
  }

  #emit<K extends keyof PowensConnectionsEventMap>(
    type: K,
    detail: PowensConnectionsEventMap[K]['detail'],
  ): boolean {
    const cancelable = type === 'powens-connect';
    return this.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles: true, composed: true }));
  }
}

/** The controller shows what fails; a handler of the browser cannot wait for it. */
function ignored(work: Promise<unknown> | undefined): void {
  work?.catch(() => undefined);
}
