import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../attempts/attempt.js';
import { ConnectionsError } from '../errors/index.js';
import { PowensClient } from '../powens/powens.client.js';
import type { VerifiedCallback } from '../values/webview-callback.js';
import type { Grant, KeptGrant } from './connect-flow.types.js';
import { FlowLog } from './flow-log.js';
import { TokenLifecycleService } from './tokens/token-lifecycle.service.js';

/**
 * Obtains the token that an attempt works with: the one kept, or one for the code.
 *
 * @internal
 */
@Injectable()
export class GrantService {
  private readonly log = new FlowLog();

  constructor(
    private readonly tokens: TokenLifecycleService,
    private readonly powens: PowensClient,
  ) {}

  /**
   * Obtains the grant of a callback. No transaction is open while Powens is asked (RL-02).
   *
   * @throws ConnectionsError `callback_incomplete`, `not_connected`, `owner_already_connected`; PowensApiError
   */
  async obtain(attempt: ClaimedAttempt, callback: VerifiedCallback): Promise<Grant> {
    if (!attempt.expectsCode) {
      return this.kept(attempt);
    }
    if (attempt.account !== null) {
      // Another tab was first. The code is left alone: unexchanged, its anonymous user vanishes by itself.
      throw new ConnectionsError(
        'owner_already_connected',
        'Another attempt of this owner was completed first.',
      );
    }
    if (callback.code === null) {
      throw new ConnectionsError('callback_incomplete', 'The webview came back without a code.');
    }
    const token = await this.powens.exchangeCode(callback, attempt.redirectUri);
    this.log.exchanged(attempt.id);
    return { kind: 'exchanged', token, send: async (call) => call(token) };
  }

  private kept({ account, owner }: ClaimedAttempt): KeptGrant {
    if (account === null) {
      throw new ConnectionsError('not_connected', 'The access token that this attempt began with is gone.');
    }
    return { kind: 'kept', account, send: async (call) => this.tokens.call(owner, account, call) };
  }
}
