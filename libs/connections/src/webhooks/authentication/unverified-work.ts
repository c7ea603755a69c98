import { ConnectionsError } from '../../errors/index.js';

/** Bodies that are inflated or searched at once before their sender is known. */
const AT_ONCE = 2;
/** Bodies that wait for it. What they hold is counted in the budget of bodies. */
const MAX_WAITING = 256;

/** Source and size of a body. */
export interface UnverifiedBody {
  /** Address of the sender. */
  readonly source: string;
  /** Bytes on the wire. */
  readonly bytes: number;
}

interface Waiting extends UnverifiedBody {
  readonly begin: () => void;
  readonly refuse: (error: ConnectionsError) => void;
}

/**
 * Lets two bodies at once be worked on before it is known who sent them. Sources take turns; of one source the smallest
 * body is processed first, so that expensive bodies wait, and not cheap ones.
 *
 * @internal
 */
export class UnverifiedWork {
  readonly #waiting = new Map<string, Waiting[]>();
  #running = 0;
  #count = 0;

  /**
   * Runs the work when its source is next.
   *
   * @throws ConnectionsError `busy` when too many wait; what the work throws
   */
  async run<T>(body: UnverifiedBody, work: () => Promise<T>): Promise<T> {
    await this.#turn(body);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  async #turn(body: UnverifiedBody): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((begin, refuse) => {
      const queue = this.#waiting.get(body.source) ?? [];
      queue.push({ ...body, begin, refuse });
      queue.sort((a, b) => a.bytes - b.bytes);
      this.#waiting.set(body.source, queue);
      this.#count += 1;
      if (this.#count > MAX_WAITING) {
        this.#drop();
      }
    });
  }

  #next(): void {
    const [source, queue] = this.#waiting.entries().next().value ?? [];
    if (source === undefined || queue === undefined) {
      return;
    }
    const first = queue.shift();
    // To the end of the line, behind the other sources.
    this.#waiting.delete(source);
    if (queue.length > 0) {
      this.#waiting.set(source, queue);
    }
    this.#count -= 1;
    this.#running += 1;
    first?.begin();
  }

  /** The source with the most bodies loses its largest. */
  #drop(): void {
    const [[source, queue] = []] = [...this.#waiting].sort(([, a], [, b]) => b.length - a.length);
    const last = queue?.pop();
    if (source !== undefined && queue?.length === 0) {
      this.#waiting.delete(source);
    }
    this.#count -= 1;
    last?.refuse(
      new ConnectionsError('busy', 'Too many unverified webhooks are waiting to be read.', {
        retryAfterSeconds: 5,
      }),
    );
  }
}
