import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { PowensApiError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { ApiPath } from '../../powens/bank/api-path.js';
import {
  toAnswer,
  toChallenge,
  toConsent,
  toCreate,
  toResume,
  type Credentials,
} from '../../powens/custom/custom.calls.js';
import {
  parseAsking,
  parseAskingOf,
  parseBankUrl,
  type AskingConnection,
} from '../../powens/custom/custom.parsers.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensCall } from '../../powens/transport/powens-call.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import { justMade } from '../../values/verified-ids.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { TokenService } from '../tokens/token.service.js';

const CREATE = 'POST /users/me/connections';
const ANSWER = 'POST /users/me/connections/{id}';
const CONSENT = 'PUT /users/me/connections/{id}/accounts/{id}';

/** Who talks to Powens. */
export interface Speaker {
  readonly owner: Owner;
  readonly account: OwnedPowensUser;
}

/**
 * The dialogue of a connection without the webview, call by call, with the owner's token.
 *
 * @see https://docs.powens.com/documentation/integration-guides/advanced/custom-connection-implementation
 * @internal
 */
@Injectable()
export class ConnectionSetupClient {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly tokens: TokenService,
    private readonly audit: TokenAudit,
    private readonly powens: PowensClient,
  ) {}

  /** Makes a connection. Credentials that are refused leave none behind. */
  async create(speaker: Speaker, connectorUuid: string, given: Credentials): Promise<AskingConnection> {
    return this.say(speaker, CREATE, parseAsking, (token) => toCreate(token, connectorUuid, given));
  }

  /** Gives what the connection asks for. */
  async answer(speaker: Speaker, powensId: string, given: Credentials): Promise<AskingConnection> {
    return this.say(speaker, ANSWER, parseAskingOf(powensId), (token) => toAnswer(token, powensId, given));
  }

  /** Looks where the connection stands, and goes on where it waits for that. */
  async resume(speaker: Speaker, powensId: string): Promise<AskingConnection> {
    const now = await this.look(speaker, powensId);
    switch (now.state) {
      case 'decoupled':
        return this.say(speaker, ANSWER, parseAskingOf(powensId), (token) => toResume(token, powensId));
      case 'SCARequired':
        return this.say(speaker, ANSWER, parseAskingOf(powensId), (token) => toChallenge(token, powensId));
      default:
        return now;
    }
  }

  /** Tells Powens that the end user consented to these accounts. */
  async consent(speaker: Speaker, powensId: string, accountIds: readonly string[]): Promise<void> {
    await this.use(speaker, CONSENT, async (token) =>
      this.powens.send(toConsent(token, powensId, accountIds)),
    );
  }

  /** Asks for the address where the end user authorises the connection at the bank. Good once, for some hours. */
  async bankUrl(
    speaker: Speaker,
    powensId: string,
    back: { redirectUri: string; state: string },
  ): Promise<string> {
    const { clientId, apiUrl } = this.options.powens;
    const path = ApiPath.of('/webauth-url', {
      client_id: clientId,
      id_connection: powensId,
      redirect_uri: back.redirectUri,
      state: back.state,
    });
    // Only an API on loopback, which production refuses, may send a browser to one.
    const allowLoopback = apiUrl.startsWith('http:');
    return this.use(speaker, `GET ${path.operation}`, async (token) =>
      this.powens.read(path, token, (body) => parseBankUrl(body, allowLoopback)),
    );
  }

  /** Takes back a connection that could not be kept here. */
  async discard(speaker: Speaker, powensId: string): Promise<void> {
    await this.use(speaker, 'DELETE /users/me/connections/{id}', async (token) =>
      this.powens.deleteConnection(token, justMade(powensId)),
    );
  }

  private async look(speaker: Speaker, powensId: string): Promise<AskingConnection> {
    const path = ApiPath.of(`/users/me/connections/${powensId}`, { expand: 'connector,sources' });
    return this.use(speaker, `GET ${path.operation}`, async (token) =>
      this.powens.read(path, token, parseAskingOf(powensId)),
    );
  }

  private async say(
    speaker: Speaker,
    operation: string,
    parse: (body: unknown) => AskingConnection,
    callWith: (token: AccessToken) => PowensCall,
  ): Promise<AskingConnection> {
    return this.use(speaker, operation, async (token) => this.powens.execute(callWith(token), parse));
  }

  /** A call that is answered 401 was not processed: it may be sent again with a renewed token. */
  private async use<T>(
    { owner, account }: Speaker,
    operation: string,
    send: (token: AccessToken) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.audit.record(owner, operation, async () => this.tokens.call(owner, account, send));
    } catch (error) {
      throw named(error);
    }
  }
}

// Branches on Powens' word, spelt either way: its status is that of every refusal.
function named(error: unknown): unknown {
  if (!(error instanceof PowensApiError) || error.code !== 'powens_refused') {
    return error;
  }
  return error.failure.powensCode?.toLowerCase() === 'wrongpass'
    ? new PowensApiError('credentials_refused', error.failure)
    : error;
}
