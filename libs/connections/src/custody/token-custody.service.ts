import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import type { StatementPolicy } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import { ConfigurationError, CustodyError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { AccessToken } from '../values/access-token.js';
import type { OwnerAccount } from '../values/owner-account.js';
import type { Owner } from '../values/owner.js';
import type { AccountState, SealedToken } from './account.repository.js';
import { accessTokenContext, type EncryptionContext } from './encryption-context.js';
import { openEnvelope, sealEnvelope } from './envelope.js';
import { KeyRing } from './key-ring.js';
import { PowensUserRepository } from './powens-user.repository.js';

/**
 * Keeps access tokens: sealed before a row exists, opened for one use, never handed out otherwise.
 *
 * @internal
 */
@Injectable()
export class TokenCustodyService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly keyRing: KeyRing,
    private readonly users: PowensUserRepository,
  ) {}

  /** Finds the account of an owner, or null while it has none. */
  async find(owner: Owner): Promise<OwnerAccount | null> {
    return this.users.find(this.options.instance, owner);
  }

  /** Seals a token just obtained into an account that is not stored yet. */
  seal(owner: Owner, powensUserId: string, token: AccessToken): OwnerAccount {
    const userId = uuidv7();
    return { userId, powensUserId, sealedToken: this.reseal(owner, userId, token).sealedToken };
  }

  /** Seals a token for a row that exists already. */
  reseal(owner: Owner, userId: string, token: AccessToken): SealedToken {
    const context = this.contextOf(owner, userId);
    const sealedToken = token.use((clear) => sealEnvelope(clear, context, this.keyRing));
    return { sealedToken, keyId: this.keyRing.primaryId };
  }

  /**
   * Adds a sealed account to the transaction that completes the attempt.
   *
   * @param renewable - whether a lost token may be renewed by itself, which kills all others of the user (RL-09)
   */
  store(owner: Owner, account: OwnerAccount, tx: Transaction, renewable = true): void {
    const { instance } = this.options;
    this.users.insert({ ...account, instance, owner, keyId: this.keyRing.primaryId, renewable }, tx);
  }

  /**
   * Adds a verified token to a transaction, in place of the one that the account was found with.
   *
   * @param account - as it was found; another one by then makes the transaction fail with `busy`
   */
  replace(owner: Owner, account: AccountState, token: AccessToken, tx: Transaction): void {
    const { userId, sealedToken } = account;
    this.users.replace(userId, sealedToken, this.reseal(owner, userId, token), tx);
  }

  /**
   * Opens a stored token.
   *
   * @throws CustodyError `key_unavailable` or `token_tampered`
   */
  open(owner: Owner, account: OwnerAccount): AccessToken {
    const context = this.contextOf(owner, account.userId);
    return AccessToken.of(openEnvelope(account.sealedToken, context, this.keyRing));
  }

  /**
   * Tells whether two envelopes of a row hold the same token: key rotation changes the envelope and not the token.
   *
   * @param envelopes - the one that is stored now, and the one remembered, if any
   */
  isSameToken(owner: Owner, rowId: string, envelopes: readonly [string, string | null]): boolean {
    const [stored, remembered] = envelopes;
    if (remembered === null || stored === remembered) {
      return stored === remembered;
    }
    const context = this.contextOf(owner, rowId);
    try {
      return openEnvelope(stored, context, this.keyRing) === openEnvelope(remembered, context, this.keyRing);
    } catch (error) {
      if (!(error instanceof CustodyError)) throw error;
      return false;
    }
  }

  /**
   * Whether a text that somebody presents is the access token kept for a Powens user: found by the user, opened, compared
   * in constant time. There is no index of tokens to look in (TC-13).
   */
  async isTokenOf(instance: string, powensUserId: string, presented: string): Promise<boolean> {
    const found = await this.users.findByPowensUser(instance, powensUserId);
    if (found === null) {
      return false;
    }
    return this.open(found.owner, found).use((kept) => isSameSecret(kept, presented));
  }

  /**
   * Checks at boot that every stored token can be opened: a key id that rows still use must stay in the ring (TC-09).
   *
   * @param policy - how long the database may take
   * @throws ConfigurationError naming the missing key id, which is no secret
   */
  async assertKeysComplete(policy: StatementPolicy = {}): Promise<void> {
    const missing = (await this.users.findKeyIds(this.options.instance, policy)).find(
      (keyId) => !this.keyRing.ids.includes(keyId),
    );
    if (missing !== undefined) {
      const rows = (await this.users.countByKey(this.options.instance)).get(missing) ?? 0;
      throw new ConfigurationError(
        'keys',
        `lacks the key "${missing}", which still seals ${rows} token(s). Add it back.`,
      );
    }
  }

  private contextOf(owner: Owner, rowId: string): EncryptionContext {
    return accessTokenContext(this.options.instance, owner, rowId);
  }
}

/** Digests have one length, so that `timingSafeEqual` never throws, and the lengths of the texts do not show (OA-12). */
function isSameSecret(kept: string, presented: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(kept), digest(presented));
}
