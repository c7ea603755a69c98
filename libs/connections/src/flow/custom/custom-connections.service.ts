import { Inject, Injectable } from '@nestjs/common';
import { AttemptsService } from '../../attempts/attempts.service.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { ConnectionsError } from '../../errors/index.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { isPowensId } from '../../powens/wire-values.js';
import type { Owner } from '../../values/owner.js';
import type { StartedAttempt } from '../connect/connect-flow.types.js';
import { ProvisioningService } from '../connect/provisioning.service.js';
import { FlowUrls } from '../connect/flow-urls.js';
import { FlowLog } from '../exchange/flow-log.js';
import { TokenService } from '../tokens/token.service.js';
import { credentialsOf } from './custom-credentials.js';
import { ConnectionSetup, type Caller, type SetUp } from './connection-setup.service.js';
import { nextOf, type CustomConnectionStep } from './custom-step.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_ACCOUNTS = 100;

/** How a browser is redirected to the bank, and where it returns to. */
interface BankRedirectRequest {
  readonly returnTo: string | undefined;
  readonly binding: string | null;
}

/**
 * The input of the end user.
 *
 * @public
 */
export interface CustomConnectionAnswer {
  /** Values by the name of their field. Sent to Powens at once; never stored, logged or put into an event. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where the browser returns to from the bank's site: a path of the own origin, or a configured target. */
  readonly returnTo?: string;
}

/**
 * A connection to create without the webview.
 *
 * @public
 */
export interface CustomConnectionRequest extends CustomConnectionAnswer {
  readonly connectorUuid: string;
}

/**
 * Creates connections without the webview, for applications whose contract with Powens allows them to handle bank
 * credentials (agents). Off unless `customConnections` is set at registration.
 *
 * Each method returns the next step; follow the steps until `done`. Rows and events are those of any other connection.
 * Powens checks credentials during the call: set `powens.totalTimeoutMs` to 30 seconds or more.
 *
 * @see https://docs.powens.com/documentation/integration-guides/advanced/custom-connection-implementation
 * @public
 */
@Injectable()
export class CustomConnectionsService {
  readonly #log: FlowLog;

  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly tokens: TokenService,
    private readonly setup: ConnectionSetup,
    private readonly urls: FlowUrls,
    private readonly attempts: AttemptsService,
    private readonly custody: AttemptCustody,
    @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
  ) {
    this.#log = new FlowLog(options);
  }

  /**
   * Creates a connection from credentials.
   *
   * @param binding - the binding that the browser already has
   * @throws ConnectionsError `invalid_request`, `return_to_refused`, `credentials_refused`; `not_connected` for an owner
   *   without a Powens user while `provisioning` is not `server-first`; PowensApiError. After `powens_timeout` the
   *   connection may have been created
   */
  async create(
    owner: OwnerLike,
    request: CustomConnectionRequest,
    binding: string | null = null,
  ): Promise<CustomConnectionStep> {
    const { connectorUuid, fields, returnTo } = request;
    if (!UUID.test(connectorUuid)) {
      throw new ConnectionsError('invalid_request', 'connectorUuid must be the uuid of a connector.');
    }
    const credentials = credentialsOf(fields);
    const redirect = { returnTo, binding };
    this.urls.resolveReturnTo(redirect.returnTo);
    const caller = await this.newCaller(requiredOwner(owner));
    return this.step(caller, await this.setup.create(caller, connectorUuid, credentials), redirect);
  }

  /**
   * Sends the fields that a step asked for.
   *
   * @throws as {@link CustomConnectionsService.create}; ConnectionsError `not_found`
   */
  async answer(
    owner: OwnerLike,
    connectionId: string,
    { fields, returnTo }: CustomConnectionAnswer,
    binding: string | null = null,
  ): Promise<CustomConnectionStep> {
    const credentials = credentialsOf(fields);
    return this.execute(requiredOwner(owner), connectionId, { returnTo, binding }, async (caller, local) =>
      this.setup.answer(caller, local, credentials),
    );
  }

  /**
   * Continues after a confirmation in the bank's app, or checks again after a step `wait`.
   *
   * @throws as {@link CustomConnectionsService.create}; ConnectionsError `not_found`
   */
  async resume(
    owner: OwnerLike,
    connectionId: string,
    { returnTo }: Pick<CustomConnectionAnswer, 'returnTo'> = {},
    binding: string | null = null,
  ): Promise<CustomConnectionStep> {
    return this.execute(requiredOwner(owner), connectionId, { returnTo, binding }, async (caller, local) =>
      this.setup.resume(caller, local),
    );
  }

  /**
   * Registers at Powens the bank accounts that the end user consented to: until then it provides none of their data.
   *
   * @param accountIds - ids from `accounts({ all: true })`
   * @throws ConnectionsError `invalid_request`, `not_found`; PowensApiError
   */
  async consent(owner: OwnerLike, connectionId: string, accountIds: readonly string[]): Promise<void> {
    if (accountIds.length === 0 || accountIds.length > MAX_ACCOUNTS || !accountIds.every(isPowensId)) {
      throw new ConnectionsError(
        'invalid_request',
        `Name 1 to ${MAX_ACCOUNTS} accounts by their ids at Powens.`,
      );
    }
    const known = requiredOwner(owner);
    const local = await this.setup.require(known, connectionId);
    await this.setup.consent(await this.caller(known), local, accountIds);
  }

  private async execute(
    owner: Owner,
    connectionId: string,
    redirect: BankRedirectRequest,
    send: (caller: Caller, local: LocalConnection) => Promise<SetUp>,
  ): Promise<CustomConnectionStep> {
    this.urls.resolveReturnTo(redirect.returnTo);
    const local = await this.setup.require(owner, connectionId);
    const caller = await this.caller(owner);
    return this.step(caller, await send(caller, local), redirect);
  }

  private async step(
    caller: Caller,
    { local, remote }: SetUp,
    redirect: BankRedirectRequest,
  ): Promise<CustomConnectionStep> {
    const { state, fields } = remote;
    const next = nextOf(state);
    return {
      connectionId: local.id,
      next,
      state,
      fields: next === 'answer' ? fields : [],
      redirect: next === 'redirect' ? await this.redirectToBank(caller, local, redirect) : null,
    };
  }

  /**
   * Redirects a browser to the bank's own site. It returns to the callback as from the webview, so the redirect is an attempt
   * to reconnect: bound to this browser and owner, used once, and completed by the same code.
   */
  private async redirectToBank(
    caller: Caller,
    local: LocalConnection,
    { returnTo, binding }: BankRedirectRequest,
  ): Promise<StartedAttempt> {
    const client = this.urls.clientOf(await this.custody.tenantOf(caller));
    const { redirectUri } = client;
    const { complete, ...landing } = this.urls.resolveLanding(returnTo, binding);
    const attempt = await this.attempts.issue({
      owner: caller.owner,
      flow: 'reconnect',
      expectsCode: false,
      redirectUri,
      connectionId: local.id,
      ...landing,
    });
    this.#log.redirected(attempt.id, 'reconnect');
    const opened = { state: attempt.state, client };
    const url = await this.setup.bankUrl(caller, local, opened);
    const { id: attemptId, expiresAt } = attempt;
    return { attemptId, url, expiresAt, binding: attempt.binding, complete };
  }

  private async newCaller(owner: Owner): Promise<Caller> {
    const user = await this.provisioning.powensUserFor(owner);
    if (user === null) {
      throw new ConnectionsError(
        'not_connected',
        'This owner has no Powens user yet. Custom connections need provisioning "server-first".',
      );
    }
    return { owner, user };
  }

  private async caller(owner: Owner): Promise<Caller> {
    return { owner, user: await this.tokens.require(owner) };
  }
}
