import type { OutboxRepository } from './outbox.repository.js';
import type { DeliveredMessage } from './outbox.rows.js';

/** Milliseconds for which delivered messages are gathered, so that one statement acknowledges all of them. */
const GATHER_MS = 10;

/**
 * Acknowledges delivered messages in groups: one statement at a time, each for all messages that were delivered since the
 * statement before began.
 *
 * @internal
 */
export class Acknowledgements {
  #group: Group | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly repository: Pick<OutboxRepository, 'acknowledge'>) {}

  /**
   * Acknowledges a message.
   *
   * @returns once it is stored: whether another message with its key waits, where the key was given
   * @throws StorageError when it could not be stored: the message is delivered again when its lease ends
   */
  async add(message: DeliveredMessage): Promise<boolean> {
    this.#group ??= this.open();
    this.#group.messages.push(message);
    const waiting = await this.#group.stored;
    return message.orderKey !== undefined && waiting.includes(message.orderKey);
  }

  /** Stores what was added, without waiting for others. */
  hurry(): void {
    this.#group?.close();
  }

  private open(): Group {
    const group = new Group();
    group.stored = this.store(group);
    return group;
  }

  private async store(group: Group): Promise<readonly string[]> {
    await group.closed;
    await this.#writing;
    // Until here, messages join the group.
    this.#group = undefined;
    const stored = this.repository.acknowledge(group.messages);
    this.#writing = stored.then(ignore, ignore);
    return stored;
  }
}

/** Messages that one statement acknowledges. */
class Group {
  readonly messages: DeliveredMessage[] = [];
  /** The keys with another message that waits. */
  stored: Promise<readonly string[]> = Promise.resolve([]);
  close: () => void = () => undefined;
  /** Resolves when the time of the group is over. */
  readonly closed: Promise<void>;

  constructor() {
    this.closed = new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS);
      this.close = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function ignore(): void {
  // Each message of the group gets its error.
}
