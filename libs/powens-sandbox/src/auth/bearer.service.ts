import { Injectable } from '@nestjs/common';
import { forbidden, unauthorized } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import { CONFIG_TOKEN, USERS_TOKEN } from '../sandbox.credentials.js';
import type { TokenRecord, UserRecord } from '../store/records.js';
import { UsersService } from './users.service.js';
import { TokensService } from './tokens.service.js';

/**
 * Reads the `Authorization` header: who is calling.
 *
 * @see protocol notes, section 2.10
 */
@Injectable()
export class BearerService {
  constructor(
    private readonly tokens: TokensService,
    private readonly users: UsersService,
  ) {}

  /** The user who calls; 401 without a valid token or code, 403 with a token that belongs to no user. */
  user(request: SandboxRequest): UserRecord {
    const bearer = this.bearer(request);
    const user = this.tokens.bearerUser(bearer);
    if (user !== undefined) {
      return user;
    }
    if (bearer === CONFIG_TOKEN || bearer === USERS_TOKEN || this.tokens.usableToken(bearer) !== undefined) {
      throw forbidden();
    }
    throw unauthorized();
  }

  /** The user who calls, when the path names that very user (`me` or its number), or no user at all. */
  userNamed(request: SandboxRequest, named = 'me'): UserRecord {
    return this.users.own(this.user(request), named);
  }

  /** The token itself, for calls that end it. */
  token(request: SandboxRequest): TokenRecord {
    const token = this.tokens.usableToken(this.bearer(request));
    if (token === undefined) {
      throw unauthorized();
    }
    return token;
  }

  /** True when the console's config token calls; 401 or 403 are left to {@link BearerService.user}. */
  isConfig(request: SandboxRequest): boolean {
    return this.bearer(request) === CONFIG_TOKEN;
  }

  /** Accepts the console's users token only. */
  requireUsersToken(request: SandboxRequest): void {
    if (this.bearer(request) !== USERS_TOKEN) {
      this.user(request);
      throw forbidden();
    }
  }

  /** Accepts the console's config token only. */
  requireConfigToken(request: SandboxRequest): void {
    if (!this.isConfig(request)) {
      this.user(request);
      throw forbidden();
    }
  }

  /** `OAuth` is what some clients in the field send for `Bearer`. */
  private bearer(request: SandboxRequest): string {
    const match = /^(?:bearer|oauth) +(\S+)$/i.exec(request.headers.authorization ?? '');
    if (match?.[1] === undefined) {
      throw unauthorized();
    }
    return match[1];
  }
}
