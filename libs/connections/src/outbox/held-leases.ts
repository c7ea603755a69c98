import { startHeartbeat } from '../background/heartbeat.js';
import type { OutboxRepository } from './outbox.repository.js';
import type { Lease } from './outbox.rows.js';

/**
 * Leases of the messages whose handlers run. They are short, so that a process that dies costs seconds, and are extended
 * while they are held. A lost lease is not extended: another relay holds the message, and the acknowledgement fails.
 *
 * @internal
 */
export class HeldLeases {
  /** Lease tokens by position. */
  readonly #tokens = new Map<string, string>();
  #stop: (() => void) | undefined;

  constructor(
    private readonly repository: OutboxRepository,
    private readonly leaseSeconds: number,
  ) {}

  /** Starts to extend a lease. */
  add({ position, leaseToken }: Lease): void {
    this.#tokens.set(position, leaseToken);
    this.#stop ??= startHeartbeat((this.leaseSeconds * 1000) / 3, async () => this.extend());
  }

  /** Stops extending a lease. */
  remove({ position, leaseToken }: Lease): void {
    if (this.#tokens.get(position) === leaseToken) {
      this.#tokens.delete(position);
    }
    if (this.#tokens.size === 0) {
      this.#stop?.();
      this.#stop = undefined;
    }
  }

  private async extend(): Promise<void> {
    const leases = [...this.#tokens].map(([position, leaseToken]) => ({ position, leaseToken }));
    await this.repository.extend(leases, this.leaseSeconds);
  }
}
