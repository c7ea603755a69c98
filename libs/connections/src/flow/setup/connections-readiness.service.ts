import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsDatabase, type DatabaseCondition } from '../../database/connections-database.js';
import { StorageError } from '../../errors/index.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { PowensClient } from '../../powens/powens.client.js';
import { BacklogService } from '../monitoring/backlog.service.js';
import { LossPolicy } from '../losses/loss-policy.service.js';

/**
 * Result of a readiness probe. Powens itself is not called: its outage must not take the application out of service.
 *
 * @public
 */
export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: {
    /** The database answers, and accepts writes. */
    readonly database: boolean;
    /** The library's tables exist. */
    readonly schema: boolean;
    /** Every key that still seals a token is in the ring. */
    readonly keys: boolean;
    /** The stored Powens users belong to the configured provider. */
    readonly provider: boolean;
    /**
     * No loss waits for a person: see `ReconciliationService.listLosses` and `approveLosses`. Does not make the application
     * unready.
     */
    readonly losses: boolean;
    /** No event has waited for its delivery, or been retried, for 15 minutes. Does not make the application unready. */
    readonly outbox: boolean;
    /** No webhook has waited for its processing, or been retried, for 15 minutes. Does not make the application unready. */
    readonly inbox: boolean;
    /** An event handler is registered, or `events.publisher` is set; without either, events wait in the outbox. Does not make the application unready. */
    readonly handlers: boolean;
    /**
     * Every circuit breaker of this process is closed: see `powens.circuitBreaker`. Does not make the application unready.
     */
    readonly powens: boolean;
    /** The application is not shutting down. */
    readonly running: boolean;
  };
}

type Verdict = Omit<ReadinessReport['checks'], 'handlers' | 'powens' | 'running'>;

/** Time limit of one check, in milliseconds. */
const CHECK_MS = 700;

/** Milliseconds for which a successful check outweighs later ones without an answer. */
const WINDOW_MS = 3000;

/** Milliseconds for which checks without an answer are repeated, when none succeeded within the window. */
const RETRY_MS = 2000;

const PAUSE_MS = 100;

/** Age of a message from which its queue is reported, in seconds: retries begin within seconds. */
const MAX_AGE_SECONDS = 900;

/** What waits for an operator, and does not make the application unready. */
type Attention = Pick<Verdict, 'losses' | 'outbox' | 'inbox'>;

const NOTHING: Attention = { losses: true, outbox: true, inbox: true };

const NO_DATABASE: Verdict = { database: false, schema: false, keys: false, provider: false, ...NOTHING };

const POLICY = { withinMs: CHECK_MS, timeoutMs: CHECK_MS };

/**
 * Checks the database, the keys and the provider at boot, and again for each readiness probe.
 *
 * @public
 */
@Injectable()
export class ConnectionsReadiness implements OnModuleInit, OnModuleDestroy {
  #goodAt = -Infinity;
  #good: Verdict = NO_DATABASE;
  readonly #before = { keys: true, provider: true };
  #attention: Attention = NOTHING;
  #pending: Promise<Verdict> | undefined;
  #running = true;

  constructor(
    private readonly database: ConnectionsDatabase,
    private readonly custody: TokenCustodyService,
    private readonly relay: OutboxRelayService,
    private readonly losses: LossPolicy,
    private readonly backlog: BacklogService,
    private readonly powens: PowensClient,
  ) {}

  /**
   * Refuses to boot on a database that cannot serve, a key ring that lacks a key, or Powens users of another provider.
   *
   * @throws ConfigurationError; ConnectionsError `schema_missing`; ProviderMismatchError
   */
  async onModuleInit(): Promise<void> {
    await this.database.assertUsable();
    await this.custody.assertKeysComplete();
    await this.custody.assertProvider();
  }

  /** Runs first in a shutdown: requests that still arrive are answered, while load balancers route new ones to other replicas. */
  onModuleDestroy(): void {
    this.beginShutdown();
  }

  /** Reports the application as not ready from now on. Call it before the close, so that load balancers notice. */
  beginShutdown(): void {
    this.#running = false;
  }

  /**
   * Runs every check. An answer of the database counts at once. Without one, the report is that of the last successful check
   * within 3 s, or of checks repeated for 2 s: a short lock or a lost session does not take a replica out of service.
   * Concurrent probes share one run. Never throws; the report holds only booleans.
   */
  async check(): Promise<ReadinessReport> {
    this.#pending ??= this.checkWithRetries().finally(() => {
      this.#pending = undefined;
    });
    const verdict = await this.#pending;
    const { database, schema, keys, provider } = verdict;
    return {
      ready: database && schema && keys && provider && this.#running,
      checks: {
        ...verdict,
        handlers: this.relay.hasReceivers(),
        powens: this.callsPowens(),
        running: this.#running,
      },
    };
  }

  private callsPowens(): boolean {
    const { breakers } = this.powens.load();
    return breakers === null || Object.values(breakers).every((state) => state === 'closed');
  }

  private async checkWithRetries(): Promise<Verdict> {
    const deadline = performance.now() + RETRY_MS;
    for (;;) {
      const verdict = await this.checkOnce();
      if (verdict !== null) {
        return verdict;
      }
      if (performance.now() - this.#goodAt < WINDOW_MS) {
        return this.#good;
      }
      if (performance.now() >= deadline) {
        return NO_DATABASE;
      }
      await sleep(PAUSE_MS);
    }
  }

  /** @returns null when there was no answer */
  private async checkOnce(): Promise<Verdict | null> {
    let condition: DatabaseCondition;
    try {
      condition = await this.database.look(CHECK_MS);
    } catch {
      return null;
    }
    const { writable: database, complete: schema } = condition;
    const keys = schema && (await this.holds('keys', async () => this.custody.assertKeysComplete(POLICY)));
    const provider = keys && (await this.holds('provider', async () => this.custody.assertProvider(POLICY)));
    const attention = schema ? await this.findAttention() : NOTHING;
    const verdict = { database, schema, keys, provider, ...attention };
    if (database && schema) {
      this.#goodAt = performance.now();
      this.#good = verdict;
    }
    return verdict;
  }

  /** Without an answer, keeps the last result: what waits for a person changes slowly. */
  private async findAttention(): Promise<Attention> {
    try {
      const { held } = await this.losses.count(POLICY);
      const { outbox, inbox } = await this.backlog.oldest();
      this.#attention = {
        losses: held === 0,
        outbox: outbox.ageSeconds < MAX_AGE_SECONDS,
        inbox: inbox.ageSeconds < MAX_AGE_SECONDS,
      };
    } catch {
      // The other checks report a database that does not answer.
    }
    return this.#attention;
  }

  /** Without an answer, keeps the last result: a deployment changes keys and provider, a lock does not. */
  private async holds(name: 'keys' | 'provider', check: () => Promise<void>): Promise<boolean> {
    try {
      await check();
      this.#before[name] = true;
    } catch (error) {
      this.#before[name] = error instanceof StorageError ? this.#before[name] : false;
    }
    return this.#before[name];
  }
}
