import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import type { StatementPolicy } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import { ConfigurationError, CustodyError, ProviderMismatchError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { AccessToken } from '../values/secrets/access-token.js';
import type { OwnedPowensUser } from '../values/owned-powens-user.js';
import type { Owner } from '../values/owner.js';
import { isSameProvider, providerText, type ProviderBinding } from '../values/provider-binding.js';
import type { VerifiedPowensUserId } from '../values/verified-ids.js';
import type { PowensUserState } from './powens-user-lease.repository.js';
import { authenticateRow, verifyRow } from './authenticator.js';
import { accessTokenContext, type BoundRow } from './crypto/encryption-context.js';
import { openEnvelope, sealEnvelope } from './crypto/envelope.js';
import { KeyRing } from './crypto/key-ring.js';
import { PowensUserRepository, type AuthenticatedRow } from './powens-user.repository.js';
import { purposeOf } from './sealed-row.js';
import type { SealedToken } from './sealed-token.js';

/** Rows of another provider that the boot check looks at, on either side of its own. */
const MAX_MISMATCHES = 20;

/**
 * Keeps access tokens: sealed before a row exists, opened for one use, never handed out otherwise.
 *
 * @internal
 */
@Injectable()
export class TokenCustodyService {
  readonly #logger = new Logger('ConnectionsCustody');
  #isEditReported = false;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly keyRing: KeyRing,
    private readonly users: PowensUserRepository,
  ) {}

  /** Finds the account of an owner, or null while it has none. */
  async find(owner: Owner): Promise<OwnedPowensUser | null> {
    return this.users.find(owner);
  }

  /** Seals a token just obtained into an account that is not stored yet. */
  seal(owner: Owner, powensUserId: string, token: AccessToken): OwnedPowensUser {
    const row = { userId: uuidv7(), powensUserId, provider: this.provider };
    const { sealedToken } = this.reseal({ ...row, owner }, token);
    return { ...row, sealedToken };
  }

  /**
   * Seals a token for a row that exists already, and authenticates the row.
   *
   * @param row - `provider` is that of the options when absent
   */
  reseal(row: Omit<BoundRow, 'provider'> & Partial<BoundRow>, token: AccessToken): SealedToken {
    const bound = { ...row, provider: row.provider ?? this.provider };
    this.assertBound(bound.provider);
    const { instance } = this.options;
    const context = accessTokenContext(instance, bound);
    return {
      sealedToken: token.use((clear) => sealEnvelope(clear, context, this.keyRing)),
      keyId: this.keyRing.primaryId,
      authenticator: authenticateRow({ row: bound, purpose: 'keep', instance }, this.keyRing),
    };
  }

  /**
   * Adds a sealed account to the transaction that completes the attempt.
   *
   * @param renewable - whether a lost token may be renewed by itself, which kills all others of the user (RL-09)
   */
  store(owner: Owner, account: OwnedPowensUser, tx: Transaction, renewable = true): void {
    const { instance } = this.options;
    const authenticator = authenticateRow(
      { row: { ...account, owner }, purpose: 'keep', instance },
      this.keyRing,
    );
    const keyId = this.keyRing.primaryId;
    this.users.insert({ ...account, instance, owner, keyId, authenticator, renewable }, tx);
  }

  /**
   * Adds a verified token to a transaction, in place of the one that the account was found with.
   *
   * @param account - as it was found; another one by then makes the transaction fail with `busy`
   */
  replace(account: PowensUserState, token: AccessToken, tx: Transaction): void {
    const powensUserId = this.verify(account);
    const { userId, sealedToken } = account;
    this.users.replace(userId, sealedToken, this.reseal({ ...account, powensUserId }, token), tx);
  }

  /**
   * Opens a stored token.
   *
   * @throws ProviderMismatchError when the row belongs to another provider than the configured one; CustodyError
   *   `key_unavailable` or `token_tampered`
   */
  open(owner: Owner, account: OwnedPowensUser): AccessToken {
    this.assertBound(account.provider);
    const context = accessTokenContext(this.options.instance, { ...account, owner });
    return AccessToken.of(openEnvelope(account.sealedToken, context, this.keyRing));
  }

  /**
   * Checks that a row is as it was written and belongs to the configured provider: before the client secret acts for its
   * Powens user, and before anything is deleted by its id.
   *
   * @returns the id of its Powens user, which may be acted for
   * @throws ProviderMismatchError; CustodyError `token_tampered` or `key_unavailable`
   * @see TC-27
   */
  verify(account: PowensUserState): VerifiedPowensUserId {
    this.assertBound(account.provider);
    // An empty id is in no authenticator: a row without a Powens user is never authentic.
    const row = { ...account, powensUserId: account.powensUserId ?? '' };
    const place = { row, purpose: purposeOf(account.status), instance: this.options.instance };
    verifyRow(account.authenticator, place, this.keyRing);
    return row.powensUserId as VerifiedPowensUserId;
  }

  /**
   * Makes the authenticator that allows the erasure of a row at Powens.
   *
   * @throws as {@link TokenCustodyService.verify}
   */
  authorizeErasure(account: PowensUserState): string {
    const powensUserId = this.verify(account);
    const { instance } = this.options;
    return authenticateRow({ row: { ...account, powensUserId }, purpose: 'erase', instance }, this.keyRing);
  }

  /**
   * Tells whether two envelopes of a row hold the same token: key rotation changes the envelope and not the token.
   *
   * @param envelopes - the one that is stored now, and the one remembered, if any
   */
  isSameToken(row: BoundRow, envelopes: readonly [string, string | null]): boolean {
    const [stored, remembered] = envelopes;
    if (remembered === null || stored === remembered) {
      return stored === remembered;
    }
    const context = accessTokenContext(this.options.instance, row);
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
  async isTokenOf(powensUserId: string, presented: string): Promise<boolean> {
    const found = await this.users.findByPowensUser(powensUserId);
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
    const missing = (await this.users.findKeyIds(policy)).find((keyId) => !this.keyRing.ids.includes(keyId));
    if (missing !== undefined) {
      const rows = (await this.users.countByKey()).get(missing) ?? 0;
      throw new ConfigurationError(
        'keys',
        `lacks the key "${missing}", which still seals ${rows} token(s). Add it back.`,
      );
    }
  }

  /**
   * Checks at boot that the stored Powens users belong to the configured provider: its users have the same numbers and are
   * other people. Reads a few rows, however many there are.
   *
   * Only an authentic row stops the boot. One that was edited is told of, and refused when it is used: whoever can write
   * one row must not be able to keep every process from starting.
   *
   * @throws ProviderMismatchError
   */
  async assertProvider(policy: StatementPolicy = {}): Promise<void> {
    const { instance } = this.options;
    const others = await this.users.findOfOtherProviders(this.provider, MAX_MISMATCHES, policy);
    const isAuthentic = (row: AuthenticatedRow): boolean => isVerified(row, instance, this.keyRing);
    const authentic = others.find(isAuthentic);
    if (authentic !== undefined) {
      throw this.mismatch(authentic.provider);
    }
    const [edited] = others;
    if (edited !== undefined && !this.#isEditReported) {
      this.#isEditReported = true;
      this.#logger.error(
        `SECURITY: row ${edited.userId} of powens_user names another provider and is not authentic: it was changed from ` +
          'outside of this library. It is refused whenever it is used.',
      );
    }
  }

  /** The provider that the options name. */
  private get provider(): ProviderBinding {
    return this.options.powens.provider;
  }

  private assertBound(provider: ProviderBinding): void {
    if (!isSameProvider(provider, this.provider)) {
      throw this.mismatch(provider);
    }
  }

  private mismatch(stored: ProviderBinding): ProviderMismatchError {
    return ProviderMismatchError.inRow(providerText(stored), providerText(this.provider));
  }
}

/** A key that is missing was told of before: the row may be authentic. */
function isVerified(row: AuthenticatedRow, instance: string, ring: KeyRing): boolean {
  try {
    verifyRow(row.authenticator, { row, purpose: purposeOf(row.status), instance }, ring);
    return true;
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    return error.code === 'key_unavailable';
  }
}

/** Digests have one length, so that `timingSafeEqual` never throws, and the lengths of the texts do not show (OA-12). */
function isSameSecret(kept: string, presented: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(kept), digest(presented));
}
