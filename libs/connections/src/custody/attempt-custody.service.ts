import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { CustodyError } from '../errors/custody.error.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { AccessToken } from '../values/secrets/access-token.js';
import type { AttemptAuthenticator, AttemptBinding, BoundAttempt } from '../values/attempt-binding.js';
import { AuthorizationCode } from '../values/secrets/authorization-code.js';
import { verifiedCode } from '../values/parse-callback.js';
import type { VerifiedCode } from '../values/webview-callback.js';
import { authenticateAttempt, verifyAttempt } from './attempt-authenticator.js';
import {
  attemptCodeContext,
  attemptContext,
  type AttemptDigests,
  type AttemptPlace,
  type OwnedAttempt,
} from './crypto/attempt-context.js';
import { openEnvelope, sealEnvelope } from './crypto/envelope.js';
import { KeyRing } from './crypto/key-ring.js';
import type { Tenant } from './tenants/tenant.js';
import { Tenants } from './tenants/tenants.service.js';

/**
 * Seals and opens the values that an attempt stores until it ends: the code of its callback, and the token obtained for it.
 * Each has its own purpose, so that neither opens as the other, nor as the token of an owner.
 *
 * @see RL-04
 * @internal
 */
@Injectable()
export class AttemptCustody implements AttemptAuthenticator {
  readonly #place: AttemptPlace;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance' | 'powens'>,
    private readonly keyRing: KeyRing,
    private readonly tenants: Tenants,
  ) {
    this.#place = { instance: options.instance, provider: options.powens.provider };
  }

  /** Authenticates an attempt that is issued. */
  authenticate(binding: AttemptBinding): string {
    return authenticateAttempt(binding, this.keyRing);
  }

  /**
   * Checks that an attempt was not changed since it was issued: after its claim and each resumption, before any request.
   *
   * @throws CustodyError `token_tampered`, `key_unavailable`
   * @see TC-27
   */
  verify(attempt: BoundAttempt): void {
    verifyAttempt(attempt, this.keyRing);
  }

  /** Whether the authenticator proves that an attempt was not changed since it was issued. */
  isAuthentic(attempt: BoundAttempt): boolean {
    try {
      this.verify(attempt);
      return true;
    } catch (error) {
      if (!(error instanceof CustodyError)) throw error;
      return false;
    }
  }

  /** Seals a code for the attempt that its callback claims. */
  sealCode(code: AuthorizationCode, attempt: AttemptDigests): string {
    return code.use((clear) => sealEnvelope(clear, attemptCodeContext(attempt, this.#place), this.keyRing));
  }

  /**
   * Opens a code.
   *
   * @throws CustodyError `key_unavailable` or `token_tampered`
   */
  openCode(sealedCode: string, attempt: AttemptDigests): VerifiedCode {
    const clear = openEnvelope(sealedCode, attemptCodeContext(attempt, this.#place), this.keyRing);
    // It was sealed by the statement that consumed the state.
    return verifiedCode(AuthorizationCode.of(clear));
  }

  /**
   * What the owner's tenant has of its own. Obtain it before the token.
   *
   * @throws as {@link Tenants.tenantOf}
   */
  async tenantOf({ owner }: Pick<OwnedAttempt, 'owner'>): Promise<Tenant> {
    return this.tenants.tenantOf(owner);
  }

  /** Seals the token obtained for the code of an attempt. */
  sealToken(token: AccessToken, attempt: OwnedAttempt, tenant: Tenant): string {
    const context = attemptContext('attempt-token', attempt, this.#place);
    return tenant.seal(token).use((content) => sealEnvelope(content, context, this.keyRing));
  }

  /**
   * Opens the token of an attempt.
   *
   * @throws CustodyError `key_unavailable` or `token_tampered`; ConnectionsError `tenant_unavailable`
   */
  async openToken(sealedToken: string, attempt: OwnedAttempt): Promise<AccessToken> {
    const content = openEnvelope(
      sealedToken,
      attemptContext('attempt-token', attempt, this.#place),
      this.keyRing,
    );
    return this.tenants.open(attempt.owner, AccessToken.of(content));
  }

  /**
   * Seals the callback of an attempt for its owner, who passes it back: {@link AttemptCustody.openTicket}.
   *
   * @param callback - 1 to 6144 bytes
   */
  sealTicket(callback: string, attempt: OwnedAttempt): string {
    return sealEnvelope(callback, attemptContext('attempt-ticket', attempt, this.#place), this.keyRing);
  }

  /**
   * Opens a callback that was sealed for this attempt and this owner.
   *
   * @throws CustodyError `key_unavailable` or `token_tampered`
   */
  openTicket(ticket: string, attempt: OwnedAttempt): string {
    return openEnvelope(ticket, attemptContext('attempt-ticket', attempt, this.#place), this.keyRing);
  }

  /**
   * Seals the options of a share link for its row and its owner.
   *
   * @param request - 1 to 6144 bytes
   */
  sealLink(request: string, link: OwnedAttempt): string {
    return sealEnvelope(request, attemptContext('share-link', link, this.#place), this.keyRing);
  }

  /**
   * Opens the options of a share link.
   *
   * @throws CustodyError `key_unavailable` or `token_tampered`
   */
  openLink(sealed: string, link: OwnedAttempt): string {
    return openEnvelope(sealed, attemptContext('share-link', link, this.#place), this.keyRing);
  }
}
