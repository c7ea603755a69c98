import { Injectable } from '@nestjs/common';
import { CONNECTION_KEY, ConnectionRepository } from '../../connections/connection.repository.js';
import {
  PowensUserLeaseRepository,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { OWNER_KEY, POWENS_USER_KEY } from '../../custody/powens-user.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { UnitOfWork, type Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';
import { requiredOwner } from '../../options/owner-of.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import type { Owner } from '../../values/owner.js';
import { assertOwn } from '../losses/own-connections.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import type { ImportEntry, ImportOptions } from './token-import.types.js';

/** Times an account is looked at when somebody changes it meanwhile: twice in one batch is the usual reason. */
const MAX_LOOKS = 3;

/** Visible ASCII: anything else cannot be sent in a header, and was not given out by Powens. */
const TOKEN = /^[\x21-\x7e]{1,4096}$/;

/** A token that Powens takes, and whose it is there and here. */
interface Verified {
  readonly owner: Owner;
  readonly token: AccessToken;
  readonly powensUserId: string;
  readonly connections: readonly PowensConnection[];
}

/**
 * Imports one token.
 *
 * @internal
 */
@Injectable()
export class ImportedTokenService {
  constructor(
    private readonly powens: PowensClient,
    private readonly accounts: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    private readonly connections: ConnectionRepository,
    private readonly observation: ConnectionChangesService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Verifies a token and stores it, or finds that it is stored.
   *
   * @throws ConnectionsError `unauthenticated`, `invalid_request`, `owner_conflict`, `owner_already_connected`, `busy`;
   *   PowensApiError `powens_refused` for a dead token; CustodyError; StorageError
   */
  async import(entry: ImportEntry, options: ImportOptions): Promise<'imported' | 'unchanged'> {
    const verified = await this.verify(entry);
    for (let looks = 1; ; looks += 1) {
      const account = await this.accounts.find(verified.owner);
      try {
        return account === null
          ? await this.add(verified, options)
          : await this.match(verified, account, options);
      } catch (error) {
        if (!isRace(error)) throw error;
        if (looks === MAX_LOOKS) throw conflictOf(error);
      }
    }
  }

  /** A token is what Powens says it is: who it belongs to is asked, never taken from the old table. */
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
    const account = this.custody.seal(owner, powensUserId, token);
    const observed = observedOf(owner, account, connections);
    await this.write(observed, options, (tx) => {
      this.custody.store(owner, account, tx, options.renewable === true);
    });
    return 'imported';
  }

  private async match(
    verified: Verified,
    account: PowensUserState,
    options: ImportOptions,
  ): Promise<'imported' | 'unchanged'> {
    const { owner, token, powensUserId } = verified;
    assertSameUser(account, powensUserId);
    this.custody.verify(account);
    const added = await this.unknown(verified, account.userId);
    const isSame = this.holds(account, token);
    if (isSame && added.length === 0) {
      return 'unchanged';
    }
    const observed = observedOf(owner, { userId: account.userId, powensUserId }, added);
    await this.write(observed, options, (tx) => {
      if (!isSame) this.custody.replace(account, token, tx);
    });
    return 'imported';
  }

  /**
   * Connections not kept yet: the host vouches for what its own table held, so they are taken in as in use. One that is
   * in quarantine here stays there: a token tells whose user it is, not whose bank (OA-31). One that is kept as another
   * account's is a conflict.
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

  private holds({ owner, sealedToken, powensUserId, ...row }: PowensUserState, token: AccessToken): boolean {
    if (sealedToken === null || powensUserId === null) {
      return false;
    }
    const kept = this.custody.open(owner, { ...row, powensUserId, sealedToken });
    return kept.use((one) => token.use((other) => one === other));
  }

  /** One transaction: an account without its connections would look like an owner who has none. */
  private async write(
    observed: ChangeSet,
    { emitEvents }: ImportOptions,
    account: (tx: Transaction) => void,
  ): Promise<void> {
    const rows = this.observation.rowsOf(observed);
    await this.unitOfWork.run((tx) => {
      account(tx);
      if (emitEvents === true) {
        this.observation.record(observed, rows, tx);
      } else {
        this.connections.insertAll(rows, tx);
      }
    });
  }
}

function observedOf(
  owner: Owner,
  account: ChangeSet['account'],
  added: readonly PowensConnection[],
): ChangeSet {
  return { owner, account, attemptId: null, diff: { added, changed: [] } };
}

function assertSameUser({ status, powensUserId: kept }: PowensUserState, powensUserId: string): void {
  if (status !== 'active' && status !== 'revoked' && status !== 'lost') {
    throw new ConnectionsError('busy', "The owner's account is being changed.", { retryAfterSeconds: 5 });
  }
  if (kept !== powensUserId) {
    throw new ConnectionsError('owner_already_connected', 'This owner has another Powens user here.');
  }
}

/** Whether somebody else wrote between the look and the write: the unique keys tell, whoever was first (D09). */
function isRace(error: unknown): boolean {
  if (error instanceof StorageError) {
    return [OWNER_KEY, POWENS_USER_KEY, CONNECTION_KEY].some((key) => error.violates(key));
  }
  return error instanceof ConnectionsError && error.code === 'busy';
}

/** What was no race after all: the key is held by somebody who stays. */
function conflictOf(error: unknown): unknown {
  return error instanceof StorageError ? ownerConflict() : error;
}

function ownerConflict(): ConnectionsError {
  return new ConnectionsError(
    'owner_conflict',
    'This Powens user, or a connection of it, belongs to another owner of the application.',
  );
}
