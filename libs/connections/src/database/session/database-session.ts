import sql, { type Sql } from 'sql-template-tag';
import type { StorageError } from '../../errors/index.js';
import { forgetNames, isNameRefused, nameOf } from './statement-names.js';
import { isOfPrivilege, storageError } from './storage-error.js';
import { VALUE_TYPES } from './value-parsers.js';

/** Result of a driver's client. */
interface QueryAnswer {
  readonly rows: unknown[];
}

interface QueryConfig {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
  readonly types: typeof VALUE_TYPES;
  readonly query_timeout: number;
}

/** How one statement is run, where it differs from the others. */
interface HowToRun {
  readonly timeoutMs?: number;
  readonly prepared?: boolean;
}

interface Sent {
  readonly text: string;
  readonly values: unknown[];
  readonly timeoutMs: number;
  readonly name: string | undefined;
}

/** The part of the `pg` client that is used here. */
export interface PgClient {
  query(query: QueryConfig): Promise<QueryAnswer>;
  on(event: 'error', listener: () => void): unknown;
  /** `I` outside a transaction; absent in older versions of the driver. */
  getTransactionStatus?(): string | null;
}

/** How the statements of a session are sent. */
export interface StatementSettings {
  /** Whether statements are prepared by name. */
  readonly named: boolean;
  /** Milliseconds after which an answer is no longer waited for. */
  readonly timeoutMs: number;
  /** Called with each statement. */
  readonly log: (text: string, values: unknown[]) => void;
}

/**
 * One session of the database, for as long as `withSession` lends it.
 *
 * @internal
 */
export class DatabaseSession {
  /** Set once the session must not be used again: its connection is lost, or it is read-only. */
  broken = false;

  /** Set once the server refused a write because the session is read-only. */
  readOnly = false;

  constructor(
    private readonly client: PgClient,
    private readonly settings: StatementSettings,
  ) {}

  /**
   * Runs one statement, prepared by name where the options allow it.
   *
   * @throws StorageError
   */
  async run<Row>(statement: Sql, how: HowToRun = {}): Promise<Row[]> {
    const { timeoutMs = this.settings.timeoutMs, prepared = true } = how;
    // `text` is a getter that joins all fragments: read once.
    const { text, values } = statement;
    const name = this.settings.named && prepared ? nameOf(this.client, text) : undefined;
    this.settings.log(text, values);
    try {
      return await this.send<Row>({ text, values, timeoutMs, name });
    } catch (error) {
      const failure = storageError(error);
      if (name === undefined || !isNameRefused(failure.sqlState)) {
        throw this.judged(failure);
      }
    }
    // DISCARD ALL of the host, or a changed table: the statement did not run. Run it again without a name.
    forgetNames(this.client);
    try {
      return await this.send<Row>({ text, values, timeoutMs, name: undefined });
    } catch (error) {
      throw this.judged(storageError(error));
    }
  }

  /**
   * Whether it failed because of the session itself, and others may be like it: it may only read, or the application left a role on
   * it (`SET ROLE`). It must not be used again. Nor is its role reset: an application may rely on the role that its sessions begin with.
   */
  async isAtFault(failure: unknown): Promise<boolean> {
    if (isOfPrivilege(failure)) {
      const [row] = await this.run<{ other: boolean }>(
        sql`SELECT current_user <> session_user AS other`,
      ).catch(() => []);
      this.broken ||= row?.other === true;
      return row?.other === true;
    }
    return this.readOnly;
  }

  private async send<Row>({ text, values, timeoutMs, name }: Sent): Promise<Row[]> {
    const query = { text, values, types: VALUE_TYPES, query_timeout: timeoutMs };
    const answer = await this.client.query(name === undefined ? query : { ...query, name });
    return answer.rows as Row[];
  }

  private judged(failure: StorageError): StorageError {
    this.readOnly ||= failure.readOnly;
    this.broken ||= failure.outcome === 'unknown' || failure.linkLost || failure.readOnly;
    return failure;
  }
}
