import { ConnectionsError } from '../../errors/connections.error.js';

/** Bytes up to which a body is small, and counted apart from large ones. */
export const SMALL_BYTES = 64 * 1024;

/** A body that did not grow by a small one for so long is stalled. */
const STALLED_MS = 2000;

/** What one body holds, from its first byte until it is answered. */
export class HeldBody {
  readonly #abort = new AbortController();
  #pool: Pool;
  #bytes = 0;
  #markedBytes = 0;
  #markedAt = performance.now();
  #isComplete = false;

  constructor(
    readonly source: string,
    small: Pool,
    private readonly large: Pool,
  ) {
    this.#pool = small;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Aborted when the body is cut off for another. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether it may be cut off for another. A complete body is being processed. */
  mayGiveWayTo(other: HeldBody): boolean {
    const isStalled = performance.now() - this.#markedAt > STALLED_MS;
    return this !== other && !this.#isComplete && (isStalled || this.source !== other.source);
  }

  /** Counts bytes that are about to be held. @returns the error when there is no room */
  hold(bytes: number): ConnectionsError | null {
    if (this.#pool !== this.large && this.#bytes + bytes > SMALL_BYTES) {
      this.#pool.leave(this);
      this.#pool = this.large;
    }
    this.#pool.enter(this);
    if (!this.#pool.makeRoom(this, bytes)) {
      return noRoom();
    }
    this.#pool.grow(bytes);
    this.#bytes += bytes;
    if (this.#bytes - this.#markedBytes >= SMALL_BYTES) {
      this.#markedBytes = this.#bytes;
      this.#markedAt = performance.now();
    }
    return null;
  }

  /** Marks the body as complete. */
  complete(): void {
    this.#isComplete = true;
  }

  /** Releases everything. */
  release(): void {
    this.#pool.leave(this);
    this.#bytes = 0;
  }

  /** Cuts this body off for another. */
  giveWay(): void {
    this.release();
    this.#abort.abort(noRoom());
  }
}

/** Bodies that share a budget. */
export class Pool {
  readonly #bodies = new Set<HeldBody>();
  #held = 0;

  constructor(private readonly capacity: number) {}

  enter(body: HeldBody): void {
    if (!this.#bodies.has(body)) {
      this.#bodies.add(body);
      this.#held += body.bytes;
    }
  }

  leave(body: HeldBody): void {
    if (this.#bodies.delete(body)) {
      this.#held -= body.bytes;
    }
  }

  grow(bytes: number): void {
    this.#held += bytes;
  }

  /** Makes room for more bytes of a body, by cutting off others where that is fair. @returns whether there is room */
  makeRoom(body: HeldBody, bytes: number): boolean {
    while (this.#held + bytes > this.capacity) {
      const victim = this.#victimOf(body, bytes);
      if (victim === undefined) {
        return false;
      }
      victim.giveWay();
    }
    return true;
  }

  #victimOf(body: HeldBody, bytes: number): HeldBody | undefined {
    const shares = new Map<string, number>();
    for (const each of this.#bodies) {
      shares.set(each.source, (shares.get(each.source) ?? 0) + each.bytes);
    }
    const own = (shares.get(body.source) ?? 0) + bytes;
    const [victim] = [...this.#bodies]
      .filter((each) => each.mayGiveWayTo(body))
      .filter((each) => each.source === body.source || (shares.get(each.source) ?? 0) > own)
      .sort((a, b) => (shares.get(b.source) ?? 0) - (shares.get(a.source) ?? 0) || b.bytes - a.bytes);
    return victim;
  }
}

function noRoom(): ConnectionsError {
  return new ConnectionsError('busy', 'Too many webhooks are held at once.', { retryAfterSeconds: 5 });
}
