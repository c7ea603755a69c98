import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { CONNECTION_KEY, ConnectionRepository } from '../../connections/connection.repository.js';
import {
  PowensUserLeaseRepository,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { OWNER_KEY, POWENS_USER_KEY } from '../../custody/powens-user.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError, ownerConflict, StorageError } from '../../errors/index.js';
import { requiredOwner } from '../../options/owner-of.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import type { Owner } from '../../values/owner.js';
import { assertOwn } from '../losses/own-connections.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { concurrencyOf, ImportTally } from './import-run.js';
import type { ImportEntry, ImportOptions, ImportReport } from './token-import.types.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Times a Powens user is read when another process changes it meanwhile. Usually the same owner is twice in one batch. */
const MAX_READS = 3;

/** Visible ASCII: anything else cannot be sent in a header, and was not issued by Powens. */
const TOKEN = /^[\x21-\x7e]{1,4096}$/;

/** A token that Powens accepts, with its Powens user and its owner. */
interface Verified {
  readonly owner: Owner;
  readonly token: AccessToken;
  readonly powensUserId: string;
  readonly connections: readonly PowensConnection[];
}

/**
 * Imports access tokens that the host has stored itself so far.
 *
 * @public
 */
@Injectable()
export class TokenImportService {
  @Inject(RESOLVED_OPTIONS) private readonly options!: Pick<ResolvedOptions, 'instance'>;

  /** @internal */
  constructor(
    private readonly powens: PowensClient,
    private readonly leases: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    private readonly connections: ConnectionRepository,
    private readonly changes: ConnectionChangesService,
    private readonly transactions: EventTransaction,
    private readonly audit: TokenAudit,
  ) {}

  private get logger(): Logger {
    return loggerOf('ConnectionsImport', this.options);
  }

  /**
   * Imports tokens: each is verified with Powens, sealed, and stored with the connections of its user. It can be run
   * again at any time; a failed entry does not stop the others.
   *
   * @example
   * ```ts
   * const { failed } = await imports.import(readOldTable(), { onProgress: ({ done }) => console.log(done) });
   * ```
   * @param entries - read one by one: with a generator over the old table only a few tokens are in memory
   * @throws ConfigurationError for an invalid `concurrency`; the errors of `entries` and `onProgress`
   */
  async import(
    entries: Iterable<ImportEntry> | AsyncIterable<ImportEntry>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    const tally = new ImportTally(Array.isArray(entries) ? entries.length : null, options);
    const concurrency = concurrencyOf(options);
    const underWay = new Set<Promise<void>>();
    let index = 0;
    try {
      for await (const entry of entries) {
        if (tally.isBroken) break;
        const task = this.one(entry, index, tally).finally(() => underWay.delete(task));
        underWay.add(task);
        index += 1;
        if (underWay.size >= concurrency) await Promise.race(underWay);
      }
    } finally {
      // Also after an error: nothing may be written after this method has returned.
      await Promise.all(underWay);
    }
    const { imported, unchanged, failed } = tally.report();
    this.logger.log(`Import: ${imported} imported, ${unchanged} unchanged, ${failed.length} failed`);
    return { imported, unchanged, failed };
  }

  /** Never rejects: a rejection before its promise is awaited would end the process. */
  private async one(entry: ImportEntry, index: number, tally: ImportTally): Promise<void> {
    try {
      const run = async (): Promise<'imported' | 'unchanged'> => this.importOne(entry, tally.options);
      tally.count(await this.audit.act('token.import', entry.owner, run));
    } catch (error) {
      const code = error instanceof ConnectionsError ? error.code : 'internal_error';
      // Neither owner nor message: an id may be an e-mail address, and the position finds the entry.
      this.logger.warn(`Import: entry ${index} failed: ${code}`);
      tally.fail({ index, code });
    }
    tally.reportProgress();
  }

  /**
   * Verifies a token and stores it, unless it is stored already.
   *
   * @throws ConnectionsError `unauthenticated`, `invalid_request`, `owner_conflict`, `owner_already_connected`, `busy`;
   *   PowensApiError `powens_refused` for a dead token; CustodyError; StorageError
   */
  private async importOne(entry: ImportEntry, options: ImportOptions): Promise<'imported' | 'unchanged'> {
    const verified = await this.verify(entry);
    for (let reads = 1; ; reads += 1) {
      const user = await this.leases.find(verified.owner);
      try {
        return user === null ? await this.add(verified, options) : await this.match(verified, user, options);
      } catch (error) {
        if (!isRace(error)) throw error;
        if (reads === MAX_READS) throw conflictOf(error);
      }
    }
  }

  /** Asks Powens which user the token belongs to: the host's old table is not trusted for that. */
  private async verify(entry: ImportEntry): Promise<Verified> {
    const owner = requiredOwner(entry.owner);
    if (typeof entry.token !== 'string' || !TOKEN.test(entry.token)) {
      throw new ConnectionsError('invalid_request', 'The entry has no token that could be sent to Powens.');
    }
    const token = AccessToken.of(entry.token);
    const { id: powensUserId } = await this.powens.getUser(token);
    const connections = assertOwn(await this.powens.listConnections(token), powensUserId);
    return { owner, token, powensUserId, connections };
  }

  private async add(verified: Verified, options: ImportOptions): Promise<'imported'> {
    const { owner, token, powensUserId, connections } = verified;
    const user = this.custody.seal(owner, powensUserId, token, await this.custody.tenantOf(owner));
    const changeSet = changeSetOf(owner, user, connections);
    await this.write(changeSet, options, (tx) => {
      this.custody.store(owner, user, tx, options.renewable === true);
    });
    return 'imported';
  }

  private async match(
    verified: Verified,
    user: PowensUserState,
    options: ImportOptions,
  ): Promise<'imported' | 'unchanged'> {
    const { owner, token, powensUserId } = verified;
    assertSameUser(user, powensUserId);
    const verifiedId = this.custody.verify(user);
    const added = await this.unknown(verified, user.userId);
    const isSame = await this.holds(user, token);
    if (isSame && added.length === 0) {
      return 'unchanged';
    }
    const changeSet = changeSetOf(owner, { userId: user.userId, powensUserId }, added);
    const sealed = isSame
      ? null
      : this.custody.reseal({ ...user, powensUserId: verifiedId }, token, await this.custody.tenantOf(owner));
    await this.write(changeSet, options, (tx) => {
      if (sealed !== null) this.custody.replace(user, sealed, tx);
    });
    return 'imported';
  }

  /**
   * Connections without a row yet. The host vouches for its own table, so they are stored as in use. One that is in quarantine
   * here stays there: a token identifies the Powens user, not the person whose bank it is. One that belongs to another
   * Powens user here is a conflict.
   */
  private async unknown(verified: Verified, userId: string): Promise<readonly PowensConnection[]> {
    const ids = verified.connections.map(({ id }) => id);
    const known = ids.length === 0 ? [] : await this.connections.findKnown(ids);
    if (known.some((connection) => connection.userId !== userId)) {
      throw ownerConflict();
    }
    const kept = new Set(known.map(({ powensConnectionId }) => powensConnectionId));
    return verified.connections.filter(({ id }) => !kept.has(id));
  }

  private async holds(
    { owner, sealedToken, powensUserId, ...row }: PowensUserState,
    token: AccessToken,
  ): Promise<boolean> {
    if (sealedToken === null || powensUserId === null) {
      return false;
    }
    const kept = await this.custody.open(owner, { ...row, powensUserId, sealedToken });
    return kept.use((one) => token.use((other) => one === other));
  }

  /** One transaction: a Powens user without its connections would look like an owner who has none. */
  private async write(
    changeSet: ChangeSet,
    { emitEvents }: ImportOptions,
    storeUser: (tx: Transaction) => void,
  ): Promise<void> {
    const plan = this.changes.plan(changeSet);
    await this.transactions.run((tx, emit) => {
      storeUser(tx);
      plan.write(tx, emitEvents === true ? emit : () => undefined);
    });
  }
}

function changeSetOf(owner: Owner, user: ChangeSet['user'], added: readonly PowensConnection[]): ChangeSet {
  return { owner, user, attemptId: null, diff: { added, changed: [] } };
}

function assertSameUser({ status, powensUserId: kept }: PowensUserState, powensUserId: string): void {
  if (status !== 'active' && status !== 'revoked' && status !== 'lost') {
    throw new ConnectionsError('busy', "The owner's Powens user is being changed.", { retryAfterSeconds: 5 });
  }
  if (kept !== powensUserId) {
    throw new ConnectionsError('owner_already_connected', 'This owner has another Powens user here.');
  }
}

/** Whether another process wrote between the read and the write. The unique keys detect it (D09). */
function isRace(error: unknown): boolean {
  if (error instanceof StorageError) {
    return [OWNER_KEY, POWENS_USER_KEY, CONNECTION_KEY].some((key) => error.violates(key));
  }
  return error instanceof ConnectionsError && error.code === 'busy';
}

/** After the last try it is no race: another owner holds the key. */
function conflictOf(error: unknown): unknown {
  return error instanceof StorageError ? ownerConflict() : error;
}
