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
  parsePending,
  parsePendingOf,
  parseBankUrl,
  type PendingConnection,
} from '../../powens/custom/custom.parsers.js';
import type { PowensClient } from '../../powens/powens.client.js';
import type { PowensCall } from '../../powens/transport/powens-call.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import { justMade } from '../../values/verified-ids.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import type { OpenedAttempt } from '../connect/flow-urls.js';
import type { TokenAudit } from '../tokens/token-audit.service.js';
import type { TokenService } from '../tokens/token.service.js';

const CREATE = 'POST /users/me/connections';
const ANSWER = 'POST /users/me/connections/{id}';
const CONSENT = 'PUT /users/me/connections/{id}/accounts/{id}';

/** The owner and Powens user that a call is made for. */
export interface Caller {
  readonly owner: Owner;
  readonly user: OwnedPowensUser;
}

/**
 * Calls that set up a connection without the webview, with the owner's token.
 *
 * @see https://docs.powens.com/documentation/integration-guides/advanced/custom-connection-implementation
 * @internal
 */
export class ConnectionSetupClient {
  constructor(
    private readonly options: Pick<ResolvedOptions, 'powens'>,
    private readonly tokens: TokenService,
    private readonly audit: TokenAudit,
    private readonly powens: PowensClient,
  ) {}

  /** Creates a connection. Refused credentials leave none behind. */
  async create(caller: Caller, connectorUuid: string, given: Credentials): Promise<PendingConnection> {
    return this.send(caller, CREATE, parsePending, (token) => toCreate(token, connectorUuid, given));
  }

  /** Sends the fields that the connection asks for. */
  async answer(caller: Caller, powensId: string, given: Credentials): Promise<PendingConnection> {
    return this.send(caller, ANSWER, parsePendingOf(powensId), (token) => toAnswer(token, powensId, given));
  }

  /** Reads the state of the connection, and continues the setup where that state waits for a call. */
  async resume(caller: Caller, powensId: string): Promise<PendingConnection> {
    const now = await this.read(caller, powensId);
    switch (now.state) {
      case 'decoupled':
        return this.send(caller, ANSWER, parsePendingOf(powensId), (token) => toResume(token, powensId));
      case 'SCARequired':
        return this.send(caller, ANSWER, parsePendingOf(powensId), (token) => toChallenge(token, powensId));
      default:
        return now;
    }
  }

  /** Registers the end user's consent to these bank accounts at Powens. */
  async consent(caller: Caller, powensId: string, accountIds: readonly string[]): Promise<void> {
    await this.use(caller, CONSENT, async (token) =>
      this.powens.send(toConsent(token, powensId, accountIds)),
    );
  }

  /** Requests the URL at which the end user authorises the connection at the bank. Valid once, for some hours. */
  async bankUrl(
    caller: Caller,
    powensId: string,
    { state, client: { clientId, redirectUri } }: OpenedAttempt,
  ): Promise<string> {
    const { apiUrl } = this.options.powens;
    const path = ApiPath.of('/webauth-url', {
      client_id: clientId,
      id_connection: powensId,
      redirect_uri: redirectUri,
      state,
    });
    // Only an API on loopback, which production refuses, may send a browser to one.
    const allowLoopback = apiUrl.startsWith('http:');
    return this.use(caller, `GET ${path.operation}`, async (token) =>
      this.powens.read(path, token, (body) => parseBankUrl(body, allowLoopback)),
    );
  }

  /** Deletes a connection at Powens that could not be stored here. */
  async discard(caller: Caller, powensId: string): Promise<void> {
    await this.use(caller, 'DELETE /users/me/connections/{id}', async (token) =>
      this.powens.deleteConnection(token, justMade(powensId)),
    );
  }

  private async read(caller: Caller, powensId: string): Promise<PendingConnection> {
    const path = ApiPath.of(`/users/me/connections/${powensId}`, { expand: 'connector,sources' });
    return this.use(caller, `GET ${path.operation}`, async (token) =>
      this.powens.read(path, token, parsePendingOf(powensId)),
    );
  }

  private async send(
    caller: Caller,
    operation: string,
    parse: (body: unknown) => PendingConnection,
    callWith: (token: AccessToken) => PowensCall,
  ): Promise<PendingConnection> {
    return this.use(caller, operation, async (token) => this.powens.execute(callWith(token), parse));
  }

  /** A call answered with 401 was not processed: it may be sent again with a renewed token. */
  private async use<T>(
    { owner, user }: Caller,
    operation: string,
    send: (token: AccessToken) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.audit.record(owner, operation, async () => this.tokens.call(owner, user, send));
    } catch (error) {
      throw mapCredentialsRefusal(error);
    }
  }
}

// Compares the error code of Powens, in either spelling: the status is that of every refusal.
function mapCredentialsRefusal(error: unknown): unknown {
  if (!(error instanceof PowensApiError) || error.code !== 'powens_refused') {
    return error;
  }
  return error.failure.powensCode?.toLowerCase() === 'wrongpass'
    ? new PowensApiError('credentials_refused', error.failure)
    : error;
}
