import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsDatabase, type DatabaseCondition } from '../../database/connections-database.js';
import { StorageError } from '../../errors/index.js';
import { EventPublisher } from '../../outbox/event-publisher.interface.js';
import { LossPolicy } from '../losses/loss-policy.service.js';

/**
 * What a readiness probe asks. Powens itself is not part of it: its absence must not take the application away.
 *
 * @public
 */
export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: {
    /** The database answers, and takes writes. */
    readonly database: boolean;
    /** The library's tables are there. */
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
    /** A handler takes events; without one, they wait in the outbox. Does not make the application unready. */
    readonly handlers: boolean;
    /** The application is not shutting down. */
    readonly running: boolean;
  };
}

type Verdict = Omit<ReadinessReport['checks'], 'handlers' | 'running'>;

/** Milliseconds that one look may take. */
const LOOK_MS = 700;

/** Milliseconds for which a good look outweighs later ones that got no answer. */
const WINDOW_MS = 3000;

/** Milliseconds for which looks without an answer are repeated where no good one is within the window. */
const INSIST_MS = 2000;

const PAUSE_MS = 100;

const NO_DATABASE: Verdict = { database: false, schema: false, keys: false, provider: false, losses: true };

const POLICY = { withinMs: LOOK_MS, timeoutMs: LOOK_MS };

/**
 * Checks at boot what would only fail later, and again whenever a probe asks.
 *
 * @see RL-30, RL-31, TC-09
 * @public
 */
@Injectable()
export class ConnectionsReadiness implements OnModuleInit, OnModuleDestroy {
  #goodAt = -Infinity;
  #good: Verdict = NO_DATABASE;
  readonly #before = { keys: true, provider: true };
  #losses = true;
  #judging: Promise<Verdict> | undefined;
  #running = true;

  constructor(
    private readonly database: ConnectionsDatabase,
    private readonly custody: TokenCustodyService,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    private readonly losses: LossPolicy,
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

  /** The first that an application in shutdown does: what still reaches it is answered, what can go elsewhere is sent there. */
  onModuleDestroy(): void {
    this.beginShutdown();
  }

  /** From here on the application is not ready, for good; before it is closed, so that load balancers notice (N14). */
  beginShutdown(): void {
    this.#running = false;
  }

  /**
   * Runs every check. An answer of the database counts at once; without one, the report is that of the last good look
   * within 3 s, or of looks repeated for 2 s: a lock or a lost session of a moment takes no replica away. Probes that come
   * together share one run. Never throws; tells nothing but yes or no.
   */
  async check(): Promise<ReadinessReport> {
    this.#judging ??= this.judge().finally(() => {
      this.#judging = undefined;
    });
    const verdict = await this.#judging;
    const { database, schema, keys, provider } = verdict;
    return {
      ready: database && schema && keys && provider && this.#running,
      checks: { ...verdict, handlers: this.publisher.hasHandlers(), running: this.#running },
    };
  }

  private async judge(): Promise<Verdict> {
    const deadline = performance.now() + INSIST_MS;
    for (;;) {
      const verdict = await this.lookOnce();
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
  private async lookOnce(): Promise<Verdict | null> {
    let condition: DatabaseCondition;
    try {
      condition = await this.database.look(LOOK_MS);
    } catch {
      return null;
    }
    const { writable: database, complete: schema } = condition;
    const keys = schema && (await this.holds('keys', async () => this.custody.assertKeysComplete(POLICY)));
    const provider = keys && (await this.holds('provider', async () => this.custody.assertProvider(POLICY)));
    const losses = !schema || (await this.isNothingHeld());
    const verdict = { database, schema, keys, provider, losses };
    if (database && schema) {
      this.#goodAt = performance.now();
      this.#good = verdict;
    }
    return verdict;
  }

  /** Without an answer, as a moment ago: what is held back waits for a person, not for a moment. */
  private async isNothingHeld(): Promise<boolean> {
    try {
      const { held } = await this.losses.count({ withinMs: LOOK_MS, timeoutMs: LOOK_MS });
      this.#losses = held === 0;
    } catch {
      // The other checks report a database that does not answer.
    }
    return this.#losses;
  }

  /** Without an answer, as a moment ago: a deployment changes keys and provider, a lock does not. */
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
