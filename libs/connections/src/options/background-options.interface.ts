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
   * Seconds after which another relay may claim what this one claimed, when this one died. Extended while handlers run, so
   * that it may be shorter than they take.
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
   * @see RL-23
   */
  maxTries?: number;
}

/**
 * What Powens no longer finds: connections, Powens users, tokens. One wrong answer must not take away what people connected, so
 * two looks that lie apart must agree, and no more than a limit a day is taken away without a person's approval.
 *
 * @public
 */
export interface LossesOptions {
  /**
   * Hours that lie at least between the first look that does not find something and the one that confirms it. Fractions are
   * allowed, for tests.
   *
   * @defaultValue 24
   */
  confirmAfterHours?: number;
  /**
   * Connections that may disappear here within 24 hours, all processes together, whatever the size of the instance. A Powens
   * user, and a token, counts for each of its connections, and for one at least. Above the limit nothing disappears any more
   * until `ReconciliationService.approveLosses()` is called, or Powens finds again what is held back.
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
   * Days for which something that disappeared is remembered. What Powens finds again meanwhile is in use again, under its old
   * id. Afterwards a Powens user is forgotten here, and of a connection only ids, bank and reason are kept: it still comes back
   * under its old id, without its metadata. Fractions are allowed, for tests.
   *
   * @defaultValue 30
   */
  rememberDays?: number;
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
   * Seconds for which one process may change a Powens user before another one takes it for dead. Extended while the work goes
   * on. Where the slowest call to Powens may take longer, by `powens.totalTimeoutMs`, the lease of a Powens user does, too.
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
  /**
   * Hours for which the completion of a callback is tried again while Powens or the database fails: until then the token
   * that was obtained is kept, sealed, with the attempt, and the attempt is `claimed`. Afterwards it ends `failed`, and the
   * Powens user that was made by this visit is deleted. 0 gives up at the first failure.
   *
   * @defaultValue 24
   */
  recoveryHours?: number;
}
