import { Inject, Injectable, type Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import type { StatementPolicy } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import { ConfigurationError, CustodyError, ProviderMismatchError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { tokenOpens } from '../telemetry/metrics.js';
import { Counted } from '../telemetry/outcome.js';
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
import { PowensUserRepository } from './powens-user.repository.js';
import { isVerifiedRow, purposeOf } from './sealed-row.js';
import type { SealedToken } from './sealed-token.js';
import { loggerOf } from '../options/registration/logger-of.js';
import type { Tenant } from './tenants/tenant.js';
import { Tenants } from './tenants/tenants.service.js';
import { isSameSecret } from './crypto/digest.js';

/** Rows of another provider that the boot check reads, on either side of the configured one in the index. */
const MAX_MISMATCHES = 20;

/**
 * Seals access tokens before a row exists, and opens them for one use.
 *
 * @internal
 */
@Injectable()
export class TokenCustodyService {
  readonly #logger: Logger;
  #isEditReported = false;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly keyRing: KeyRing,
    private readonly users: PowensUserRepository,
    private readonly tenants: Tenants,
  ) {
    this.#logger = loggerOf('ConnectionsCustody', options);
  }

  /** Finds the Powens user of an owner, or null while there is none. */
  async find(owner: Owner): Promise<OwnedPowensUser | null> {
    return this.users.find(owner);
  }

  /**
   * What the owner's tenant has of its own. Obtain it before a token: a token that nothing can seal would be lost.
   *
   * @throws as {@link Tenants.tenantOf}
   */
  async tenantOf(owner: Owner): Promise<Tenant> {
    return this.tenants.tenantOf(owner);
  }

  /** Seals a token just obtained into a Powens user that is not stored yet. */
  seal(owner: Owner, powensUserId: string, token: AccessToken, tenant: Tenant): OwnedPowensUser {
    const row = { userId: uuidv7(), powensUserId, provider: this.provider };
    const { sealedToken } = this.reseal({ ...row, owner }, token, tenant);
    return { ...row, sealedToken };
  }

  /**
   * Seals a token for a row that exists already, and authenticates the row.
   *
   * @param row - `provider` is that of the options when absent
   */
  reseal(
    row: Omit<BoundRow, 'provider'> & Partial<BoundRow>,
    token: AccessToken,
    tenant: Tenant,
  ): SealedToken {
    const bound = { ...row, provider: row.provider ?? this.provider };
    this.assertBound(bound.provider);
    const { instance } = this.options;
    const context = accessTokenContext(instance, bound);
    return {
      sealedToken: tenant.seal(token).use((content) => sealEnvelope(content, context, this.keyRing)),
      keyId: this.keyRing.primaryId,
      authenticator: authenticateRow({ row: bound, purpose: 'keep', instance }, this.keyRing),
    };
  }

  /**
   * Adds a sealed Powens user to the transaction that completes the attempt.
   *
   * @param renewable - whether a lost token may be renewed automatically, which revokes all other tokens of the user (RL-09)
   */
  store(owner: Owner, user: OwnedPowensUser, tx: Transaction, renewable = true): void {
    const { instance } = this.options;
    const place = { row: { ...user, owner }, purpose: 'keep', instance } as const;
    const authenticator = authenticateRow(place, this.keyRing);
    const keyId = this.keyRing.primaryId;
    this.users.insert({ ...user, instance, owner, keyId, authenticator, renewable }, tx);
  }

  /**
   * Adds a verified token to a transaction: it replaces the token that the Powens user was read with.
   *
   * @param user - as it was read; if it changed since, the transaction fails with `busy`
   */
  replace(user: PowensUserState, token: SealedToken, tx: Transaction): void {
    this.verify(user);
    const { userId, sealedToken } = user;
    this.users.replace(userId, sealedToken, token, tx);
  }

  /**
   * Opens a stored token.
   *
   * @throws ProviderMismatchError; CustodyError `key_unavailable` or `token_tampered`; ConnectionsError `tenant_unavailable`
   */
  @Counted(tokenOpens)
  async open(owner: Owner, user: OwnedPowensUser): Promise<AccessToken> {
    this.assertBound(user.provider);
    const context = accessTokenContext(this.options.instance, { ...user, owner });
    const content = AccessToken.of(openEnvelope(user.sealedToken, context, this.keyRing));
    return this.tenants.open(owner, content);
  }

  /**
   * Checks that a row is authentic and of the configured provider, before the client secret or a deletion uses its id at Powens.
   *
   * @returns the verified id of its Powens user
   * @throws ProviderMismatchError; CustodyError `token_tampered` or `key_unavailable`
   * @see TC-27
   */
  verify(user: PowensUserState): VerifiedPowensUserId {
    this.assertBound(user.provider);
    // An empty id is in no authenticator: a row without a Powens user is never authentic.
    const row = { ...user, powensUserId: user.powensUserId ?? '' };
    const place = { row, purpose: purposeOf(user.status), instance: this.options.instance };
    verifyRow(user.authenticator, place, this.keyRing);
    return row.powensUserId as VerifiedPowensUserId;
  }

  /**
   * Makes the authenticator that allows the erasure of a row at Powens.
   *
   * @throws as {@link TokenCustodyService.verify}
   */
  authorizeErasure(user: PowensUserState): string {
    const powensUserId = this.verify(user);
    const { instance } = this.options;
    return authenticateRow({ row: { ...user, powensUserId }, purpose: 'erase', instance }, this.keyRing);
  }

  /**
   * Checks whether two envelopes of a row hold the same token: key rotation changes the envelope and not the token.
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
   * Whether a presented text is the stored access token of a Powens user: the row is found by the user, opened, and
   * compared in constant time. There is no index of tokens (TC-13).
   */
  async isTokenOf(powensUserId: string, presented: string): Promise<boolean> {
    const found = await this.users.findByPowensUser(powensUserId);
    if (found === null) {
      return false;
    }
    const token = await this.open(found.owner, found);
    return token.use((kept) => isSameSecret(kept, presented));
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
   * Checks at boot that the stored Powens users belong to the configured provider: another provider uses the same numbers
   * for other people. Reads a few rows, however many there are.
   *
   * Only an authentic row stops the boot. An edited row is logged, and refused when it is used: write access to one row must
   * not be enough to keep every process from starting.
   *
   * @throws ProviderMismatchError
   */
  async assertProvider(policy: StatementPolicy = {}): Promise<void> {
    const { instance } = this.options;
    const others = await this.users.findOfOtherProviders(this.provider, MAX_MISMATCHES, policy);
    const authentic = others.find((row) => isVerifiedRow(row, instance, this.keyRing));
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
