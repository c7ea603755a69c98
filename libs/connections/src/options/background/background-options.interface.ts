/**
 * The outbox and its relay.
 *
 * @public
 */
export interface OutboxOptions {
  /**
   * Runs the relay in this process. Events are stored either way; switch it off when another process delivers.
   *
   * @defaultValue true
   */
  relay?: boolean;
  /**
   * Milliseconds between two polls of the outbox when nothing woke the relay. A commit in this process wakes it at once.
   *
   * @defaultValue 1000
   */
  pollIntervalMs?: number;
  /**
   * Events claimed at once, at most one per connection.
   *
   * @defaultValue 100
   */
  batchSize?: number;
  /**
   * Seconds after which another relay may claim the events of a relay that crashed. Extended while handlers run, so it may be
   * shorter than a handler takes.
   *
   * @defaultValue 10
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
   */
  maxTries?: number;
}

/**
 * Connections, Powens users and tokens that Powens no longer finds. One wrong answer must not take a connection out of use, so
 * two checks some time apart must agree, and no more than a daily limit is taken out of use without a person's approval.
 *
 * @public
 */
export interface LossesOptions {
  /**
   * Minimum hours between the first check that does not find an object and the check that confirms the loss. Fractions are
   * allowed, for tests.
   *
   * @defaultValue 24
   */
  confirmAfterHours?: number;
  /**
   * Connections that may disappear here within 24 hours, all processes together, regardless of the size of the instance. A Powens
   * user, and a token, counts for each of its connections, and for one at least. Above the limit nothing else disappears
   * until `ReconciliationService.approveLosses()` is called, or Powens finds the missing objects again.
   *
   * @defaultValue 3
   */
  maxPerDay?: number;
  /**
   * The same limit as a share of the connections in use, in percent. The larger one of both limits counts.
   *
   * @defaultValue 1
   */
  maxPercentPerDay?: number;
  /**
   * Days for which a lost object is remembered. If Powens finds it again in that time, it is restored under its old
   * id. Afterwards a Powens user is deleted here, and of a connection only ids, bank and reason are kept: it is still restored
   * under its old id, without its metadata. Fractions are allowed, for tests.
   *
   * @defaultValue 30
   */
  rememberDays?: number;
}

/**
 * What happens to Powens users and connections over the years.
 *
 * @public
 */
export interface LifecycleOptions {
  /**
   * Runs the sweeper in this process: it finishes changes that a crash interrupted, and warns of consents that end and of
   * connections that are no longer synchronised.
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
   * Seconds for which one process may change a Powens user before another process takes over. Extended while the work
   * continues. If `powens.totalTimeoutMs` allows a longer call to Powens, the lease of a Powens user is longer, too.
   *
   * @defaultValue 60
   */
  leaseSeconds?: number;
  /**
   * Days before the end of a consent at which `connection.expiring` is emitted, once.
   *
   * @defaultValue 14
   */
  expiringDaysAhead?: number;
  /**
   * Days without a synchronisation after which `connection.silent` is emitted for a connection without a required action, once
   * until the next synchronisation; 0 for never. Synchronisations are reported by webhooks and by the regular comparison with
   * Powens: when both are off, every connection becomes silent.
   *
   * @defaultValue 3
   */
  silentDays?: number;
  /**
   * Seconds for which a new connection at Powens is left unchanged while an attempt of its owner is pending:
   * the callback usually follows. Afterwards it counts as unconfirmed.
   *
   * @defaultValue 60
   */
  unconfirmedGraceSeconds?: number;
  /**
   * Hours after which an unconfirmed connection is removed at Powens.
   *
   * @defaultValue 72
   */
  unconfirmedRemovalHours?: number;
  /**
   * Hours for which the completion of a callback is retried while Powens or the database fails: until then the token
   * that was obtained is kept, sealed, with the attempt, and the attempt is `claimed`. Afterwards it ends `failed`, and the
   * Powens user that this attempt created is deleted. 0 gives up at the first failure.
   *
   * @defaultValue 24
   */
  recoveryHours?: number;
}
