import type { OutboxRepository } from './outbox.repository.js';
import type { Lease } from './outbox.rows.js';

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
   * @returns when it is stored
   * @throws StorageError when it could not be stored: the message is delivered again when its lease ends
   */
  async add(lease: Lease): Promise<void> {
    this.#group ??= this.open();
    this.#group.leases.push(lease);
    return this.#group.stored;
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

  private async store(group: Group): Promise<void> {
    await group.closed;
    await this.#writing;
    // Until here, messages join the group.
    this.#group = undefined;
    const stored = this.repository.acknowledge(group.leases);
    this.#writing = stored.catch(() => undefined);
    await stored;
  }
}

/** Messages that one statement acknowledges. */
class Group {
  readonly leases: Lease[] = [];
  stored: Promise<void> = Promise.resolve();
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
