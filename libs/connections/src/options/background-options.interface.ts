/**
 * The outbox and its relay.
 *
 * @public
 */
export interface OutboxOptions {
  /**
   * Runs the relay in this process. Events are stored either way; switch it off where another process delivers.
   *
   * @defaultValue true
   */
  relay?: boolean;
  /**
   * Milliseconds between two looks at the outbox when nothing woke the relay. A commit in this process wakes it at once.
   *
   * @defaultValue 1000
   */
  pollIntervalMs?: number;
  /**
   * Events claimed in one go, at most one per connection.
   *
   * @defaultValue 100
   */
  batchSize?: number;
  /**
   * Seconds after which another relay may claim what this one claimed. Longer than a handler may run.
   *
   * @defaultValue 60
   */
  leaseSeconds?: number;
  /**
   * Milliseconds a handler may take before the delivery counts as failed.
   *
   * @defaultValue 30000
   */
  handlerTimeoutMs?: number;
  /**
   * Deliveries tried before an event becomes a dead letter.
   *
   * @defaultValue 20
   * @see RL-23
   */
  maxAttempts?: number;
}

/**
 * What happens to accounts and connections over the years.
 *
 * @public
 */
export interface LifecycleOptions {
  /**
   * Runs the sweeper in this process: it finishes what a crash interrupted, warns of consents that end and of
   * connections that fell silent.
   *
   * @defaultValue true
   */
  sweeper?: boolean;
  /**
   * Milliseconds between two rounds of the sweeper.
   *
   * @defaultValue 10000
   */
  sweepIntervalMs?: number;
  /**
   * Seconds for which one process may change an account. Longer than the slowest call to Powens.
   *
   * @defaultValue 60
   */
  leaseSeconds?: number;
  /**
   * Days before the end of a consent at which `connection.expiring` tells of it, once.
   *
   * @defaultValue 14
   */
  expiringDaysAhead?: number;
  /**
   * Days without a synchronisation after which `connection.silent` tells of a connection that asks for nothing, once until
   * it is heard of again; 0 for never. Synchronisations are known of by webhooks and by the regular comparison with
   * Powens: where both are off, every connection falls silent.
   *
   * @defaultValue 3
   * @see G11
   */
  silentDays?: number;
  /**
   * Seconds for which a connection that just appeared at Powens is left alone while an attempt of its owner is under way:
   * the callback usually follows. Then it counts as unconfirmed.
   *
   * @defaultValue 60
   */
  unconfirmedGraceSeconds?: number;
  /**
   * Hours after which a connection that nobody confirmed is removed at Powens.
   *
   * @defaultValue 72
   * @see OA-31
   */
  unconfirmedRemovalHours?: number;
}
