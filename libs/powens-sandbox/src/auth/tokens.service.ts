import { Injectable } from '@nestjs/common';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import { newCode, newToken } from '../store/opaque.js';
import type { CodeKind, CodeRecord, TokenRecord, UserRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { UsersService } from './users.service.js';

const LIFE_MS = SANDBOX_CHOICES.temporarySeconds * 1000;

/** For whom a webview code is made: only that client application, with that callback, may exchange it. */
export interface CodeAudience {
  clientId: string;
  redirectUri: string;
}

/**
 * Makes, finds and ends codes and tokens.
 *
 * @see protocol notes, section 1.2 and 2
 */
@Injectable()
export class TokensService {
  constructor(
    private readonly store: SandboxStore,
    private readonly users: UsersService,
  ) {}

  /** Makes a token; a permanent one makes its user permanent. */
  issue(kind: TokenRecord['kind'], user: UserRecord | null): TokenRecord {
    const issuedAt = this.store.clock.now();
    const expiresAt = kind === 'permanent' ? null : issuedAt + LIFE_MS;
    if (kind === 'permanent' && user !== null) {
      this.users.makePermanent(user);
    }
    return this.store.tokens.put({
      token: newToken(),
      idUser: user?.id ?? null,
      kind,
      issuedAt,
      expiresAt,
      revoked: false,
    });
  }

  /** Keeps a JWT as a token of its user; `lifeSeconds` null is one that does not expire. */
  keepJwt(token: string, user: UserRecord, lifeSeconds: number | null): TokenRecord {
    const issuedAt = this.store.clock.now();
    const expiresAt = lifeSeconds === null ? null : issuedAt + lifeSeconds * 1000;
    return this.store.tokens.put({
      ...{ token, idUser: user.id, kind: 'jwt', issuedAt, expiresAt },
      revoked: false,
    });
  }

  /** Makes a temporary code of a user. */
  issueCode(kind: CodeKind, user: UserRecord, audience?: CodeAudience): CodeRecord {
    const issuedAt = this.store.clock.now();
    return this.store.codes.put({
      code: newCode(),
      idUser: user.id,
      kind,
      issuedAt,
      expiresAt: issuedAt + LIFE_MS,
      exchanges: 0,
      clientId: audience?.clientId ?? null,
      redirectUri: audience?.redirectUri ?? null,
      boundTo: null,
    });
  }

  /** The code, if it can still be used: not expired, not exchanged, its user alive. */
  usableCode(code: string): CodeRecord | undefined {
    const found = this.store.codes.get(code);
    const isUsable =
      found?.exchanges === 0 &&
      found.expiresAt > this.store.clock.now() &&
      this.users.find(found.idUser) !== undefined;
    return isUsable ? found : undefined;
  }

  /** The token, if it can still be used. */
  usableToken(token: string): TokenRecord | undefined {
    const found = this.store.tokens.get(token);
    const isUsable =
      found?.revoked === false && (found.expiresAt === null || found.expiresAt > this.store.clock.now());
    return isUsable ? found : undefined;
  }

  /** The user a bearer speaks for: a token's, or that of a code, which works as a bearer too until it is used up. */
  bearerUser(bearer: string): UserRecord | undefined {
    const idUser = this.usableToken(bearer)?.idUser ?? this.unboundCode(bearer)?.idUser;
    return idUser === undefined ? undefined : this.users.find(idUser);
  }

  /** Ends a token. */
  revoke(token: TokenRecord): void {
    this.store.tokens.put({ ...token, revoked: true });
  }

  /** Ends every permanent token of a user but one. */
  revokeOthers(kept: TokenRecord): void {
    for (const token of kept.idUser === null ? [] : this.store.tokens.ownedBy(kept.idUser)) {
      if (token.token !== kept.token && token.kind === 'permanent' && !token.revoked) {
        this.revoke(token);
      }
    }
  }

  private unboundCode(code: string): CodeRecord | undefined {
    const found = this.usableCode(code);
    return found?.boundTo === null ? found : undefined;
  }
}
