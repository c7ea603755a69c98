import { byId } from './nodes.js';

/** What the page reads of an event. */
interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly connectionId: string | null;
}

const POLL_MS = 1_500;

/** A connection has dozens. */
const SHOWN = 15;

/** The events of the person, asked for as long as the page is looked at. */
export class EventLog {
  /** Called when there are new ones. */
  changed: () => void = () => undefined;
  /** Called when the session has ended. */
  signedOut: () => void = () => undefined;

  private readonly shown = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private end = new AbortController();
  private hasRead = false;

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (!this.end.signal.aborted && document.visibilityState === 'visible') this.next(0);
    });
    this.end.abort();
  }

  start(): void {
    this.stop();
    this.end = new AbortController();
    this.next(0);
  }

  /** Another person must not see them. */
  stop(): void {
    this.end.abort();
    clearTimeout(this.timer);
    this.shown.clear();
    this.hasRead = false;
    byId('events').replaceChildren();
    byId('no-events').hidden = false;
  }

  private next(delayMs: number): void {
    clearTimeout(this.timer);
    const { signal } = this.end;
    this.timer = setTimeout(() => {
      this.poll(signal).then(
        () => {
          if (!signal.aborted && document.visibilityState === 'visible') this.next(POLL_MS);
        },
        (error: unknown) => reportError(error),
      );
    }, delayMs);
  }

  private async poll(signal: AbortSignal): Promise<void> {
    const response = await fetch('events', { signal }).catch(() => null);
    if (response === null || signal.aborted) return;
    if (response.status === 401) {
      this.signedOut();
      return;
    }
    if (!response.ok) return;
    const { items } = (await response.json()) as { items: readonly ReceivedEvent[] };
    const added = items.filter(({ id }) => !this.shown.has(id));
    added.forEach((event) => this.show(event));
    const isNews = this.hasRead && added.length > 0;
    this.hasRead = true;
    // The element reads the list itself when it comes to the page.
    if (isNews) this.changed();
  }

  private show({ id, type, occurredAt, connectionId }: ReceivedEvent): void {
    this.shown.add(id);
    byId('no-events').hidden = true;
    const item = document.createElement('li');
    const time = document.createElement('time');
    time.dateTime = occurredAt;
    time.textContent = new Date(occurredAt).toLocaleTimeString();
    const name = document.createElement('code');
    name.textContent = type;
    // The end of the id is enough to distinguish connections.
    item.append(time, ' ', name, connectionId === null ? '' : ` …${connectionId.slice(-6)}`);
    const list = byId('events');
    list.prepend(item);
    list.children[SHOWN]?.remove();
  }
}
