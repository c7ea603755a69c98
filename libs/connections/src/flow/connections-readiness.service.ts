import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { TokenCustodyService } from '../custody/token-custody.service.js';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { ConnectionsError } from '../errors/index.js';
import { EventPublisher } from '../outbox/event-publisher.interface.js';

/**
 * What a readiness probe asks. Powens itself is not part of it: its absence must not take the application away.
 *
 * @public
 */
export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: {
    /** The database answers. */
    readonly database: boolean;
    /** The library's tables are there. */
    readonly schema: boolean;
    /** Every key that still seals a token is in the ring. */
    readonly keys: boolean;
    /** Somebody handles events; without, they wait in the outbox. Does not make the application unready. */
    readonly handlers: boolean;
  };
}

/**
 * Checks at boot what would only fail later, and again whenever a probe asks.
 *
 * @see RL-30, RL-31, TC-09
 * @public
 */
@Injectable()
export class ConnectionsReadiness implements OnModuleInit {
  constructor(
    private readonly database: ConnectionsDatabase,
    private readonly custody: TokenCustodyService,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
  ) {}

  /**
   * Refuses to boot on a database that cannot serve or a key ring that lacks a key.
   *
   * @throws ConfigurationError; ConnectionsError `schema_missing`
   */
  async onModuleInit(): Promise<void> {
    await this.database.assertUsable();
    await this.custody.assertKeysComplete();
  }

  /** Runs every check. Never throws; tells nothing but yes or no. */
  async check(): Promise<ReadinessReport> {
    const problem = await failureOf(async () => this.database.assertUsable());
    const database = problem === null || problem === 'schema_missing';
    const schema = problem === null;
    const keys = schema && (await failureOf(async () => this.custody.assertKeysComplete())) === null;
    const handlers = this.publisher.hasHandlers();
    return { ready: database && schema && keys, checks: { database, schema, keys, handlers } };
  }
}

async function failureOf(check: () => Promise<void>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    return error instanceof ConnectionsError ? error.code : 'internal_error';
  }
}
