import { Injectable } from '@nestjs/common';
import type { Fields } from '../http/fields.js';
import { badCode, invalidValue } from '../http/sandbox-api.error.js';
import type { ClientRecord, CodeRecord, TokenRecord, UserRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { UsersService } from './users.service.js';
import { ClientApplications } from './client-applications.service.js';
import { TokensService } from './tokens.service.js';

/**
 * Turns a code into a permanent token, once. Synchronous from the look-up to the mark: of a hundred parallel calls with
 * one code, one passes.
 *
 * @see protocol notes, section 2.3
 */
@Injectable()
export class CodeExchange {
  constructor(
    private readonly store: SandboxStore,
    private readonly clients: ClientApplications,
    private readonly tokens: TokensService,
    private readonly users: UsersService,
  ) {}

  /** `POST /auth/token/access`. */
  exchange(body: Fields): TokenRecord {
    const grantType = body.text('grant_type');
    if (grantType !== undefined && grantType !== 'authorization_code') {
      throw invalidValue('grant_type');
    }
    const client = this.clients.authenticated(body);
    const sent = body.required('code');
    const code = this.tokens.usableCode(sent);
    const user = code === undefined ? this.useTemporaryToken(sent, client) : this.useCode(code, client, body);
    return this.tokens.issue('permanent', user);
  }

  private useCode(code: CodeRecord, client: ClientRecord, body: Fields): UserRecord {
    const user = this.users.find(code.idUser);
    if (user?.domain !== client.domain || code.boundTo !== null || !isForClient(code, client, body)) {
      throw badCode();
    }
    this.store.codes.put({ ...code, exchanges: code.exchanges + 1 });
    return user;
  }

  /** A temporary `auth_token` may stand where a code does; like a code, it is used up by it. */
  private useTemporaryToken(sent: string, client: ClientRecord): UserRecord {
    const token = this.tokens.usableToken(sent);
    const user =
      token?.kind === 'temporary' && token.idUser !== null ? this.users.find(token.idUser) : undefined;
    if (token === undefined || user?.domain !== client.domain) {
      throw badCode();
    }
    this.tokens.revoke(token);
    return user;
  }
}

function isForClient(code: CodeRecord, client: ClientRecord, body: Fields): boolean {
  const redirectUri = body.text('redirect_uri');
  const isSameRedirect =
    redirectUri === undefined || code.redirectUri === null || redirectUri === code.redirectUri;
  return isSameRedirect && (code.clientId === null || code.clientId === client.id);
}
