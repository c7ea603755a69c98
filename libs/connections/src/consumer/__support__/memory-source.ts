import type { ConnectionEvent } from '../../events/index.js';
import type {
  EventSource,
  EventSubscription,
  MessageReceiver,
  ReceivedMessage,
} from '../sources/event-source.js';

/** A message of the queue, and what became of it. */
interface Queued {
  readonly body: Uint8Array;
  redelivered: boolean;
}

/** A queue that behaves as one of a broker: what is held when the link ends is delivered again. */
export class MemorySource implements EventSource {
  readonly name = 'the queue of the test';
  readonly acknowledged: string[] = [];
  readonly deadLetters: { readonly body: string; readonly reason: string }[] = [];
  /** Number of times that it was opened. */
  opened = 0;
  /** Called in place of an acknowledgement, for one that the broker never receives. */
  loseAcknowledgement: (() => void) | undefined;
  /** Makes the next dead letter fail. */
  deadLetterFailures = 0;
  #queue: Queued[] = [];
  #link:
    | { readonly receive: MessageReceiver; readonly prefetch: number; readonly lost: AbortController }
    | undefined;
  readonly #held = new Map<Queued, AbortController>();

  /** Number of messages that wait, or that no one has settled. */
  get left(): number {
    return this.#queue.length + this.#held.size;
  }

  get held(): number {
    return this.#held.size;
  }

  send(...messages: readonly (ConnectionEvent | object | Uint8Array)[]): void {
    for (const message of messages) {
      const body = message instanceof Uint8Array ? message : Buffer.from(JSON.stringify(message));
      this.#queue.push({ body, redelivered: false });
    }
    this.deliver();
  }

  /** Sends a message as the broker does that delivered it to a process that ended. */
  sendAgain(message: object): void {
    this.#queue.push({ body: Buffer.from(JSON.stringify(message)), redelivered: true });
    this.deliver();
  }

  /** Ends the link: all that is held goes back to the queue. */
  cut(): void {
    const link = this.#link;
    this.#link = undefined;
    const held = [...this.#held.keys()];
    this.#held.clear();
    held.forEach((one) => (one.redelivered = true));
    this.#queue.unshift(...held);
    link?.lost.abort();
  }

  async open(receive: MessageReceiver, prefetch: number): Promise<EventSubscription> {
    this.opened += 1;
    const lost = new AbortController();
    this.#link = { receive, prefetch, lost };
    setImmediate(() => {
      this.deliver();
    });
    return Promise.resolve({
      ended: new Promise<void>((resolve) => {
        lost.signal.addEventListener('abort', () => {
          resolve();
        });
      }),
      stop: async () => {
        if (this.#link?.lost === lost) this.#link = undefined;
        return Promise.resolve();
      },
      close: async () => {
        lost.abort();
        return Promise.resolve();
      },
    });
  }

  private deliver(): void {
    const link = this.#link;
    while (link !== undefined && this.#queue.length > 0 && this.#held.size < link.prefetch) {
      const one = this.#queue.shift()!;
      this.#held.set(one, link.lost);
      link.receive(this.messageOf(one, link.lost)).catch(() => {
        link.lost.abort();
      });
    }
  }

  private messageOf(one: Queued, lost: AbortController): ReceivedMessage {
    const settle = (then: () => void): void => {
      if (this.#held.get(one) !== lost) return;
      this.#held.delete(one);
      then();
      this.deliver();
    };
    return {
      body: one.body,
      redelivered: one.redelivered,
      signal: lost.signal,
      acknowledge: () => {
        const lose = this.loseAcknowledgement;
        this.loseAcknowledgement = undefined;
        if (lose !== undefined) lose();
        else settle(() => this.acknowledged.push(idOf(one.body)));
      },
      release: () => {
        settle(() => this.#queue.unshift({ ...one, redelivered: true }));
      },
      deadLetter: async (reason) => {
        if (this.deadLetterFailures > 0) {
          this.deadLetterFailures -= 1;
          throw new Error('connect amqp://guest:hunter2@broker');
        }
        this.deadLetters.push({ body: Buffer.from(one.body).toString(), reason });
        settle(() => undefined);
        return Promise.resolve();
      },
    };
  }
}

function idOf(body: Uint8Array): string {
  const { id } = JSON.parse(Buffer.from(body).toString()) as { id: string };
  return id;
}
