import { Injectable } from '@nestjs/common';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { ConnectionsError } from '../../errors/index.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import type { AskingConnection } from '../../powens/custom/custom.parsers.js';
import { isPowensId } from '../../powens/wire-values.js';
import type { Owner } from '../../values/owner.js';
import { ProvisioningService } from '../connect/provisioning.service.js';
import { isOwnAnswer } from '../losses/loss-policy.service.js';
import { TokenService } from '../tokens/token.service.js';
import { BankRedirectService, type BankRedirectRequest } from './bank-redirect.service.js';
import { credentialsOf } from './custom-credentials.js';
import { ConnectionSetupClient, type Speaker } from './connection-setup-client.service.js';
import { ConnectionWriter } from './connection-writer.service.js';
import { nextOf, type CustomConnectionStep } from './custom-step.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_ACCOUNTS = 100;

/**
 * What the end user typed.
 *
 * @public
 */
export interface CustomConnectionAnswer {
  /** Values by the name of their field. Sent to Powens at once; never stored, logged or told. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where the browser lands after a visit of the bank's site: a path of the own origin, or a configured target. */
  readonly returnTo?: string;
}

/**
 * A connection to make without the webview.
 *
 * @public
 */
export interface CustomConnectionRequest extends CustomConnectionAnswer {
  readonly connectorUuid: string;
}

/**
 * Makes connections without the webview, for applications whose contract with Powens allows them to handle bank
 * credentials (agents). Off unless `customConnections` is set at registration.
 *
 * Each method answers what comes next; follow it until `done`. Rows and events are those of any other connection.
 * Powens checks credentials while it is asked: set `powens.totalTimeoutMs` to 30 seconds or more.
 *
 * @see https://docs.powens.com/documentation/integration-guides/advanced/custom-connection-implementation
 * @public
 */
@Injectable()
export class CustomConnectionsService {
  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly tokens: TokenService,
    private readonly dialogue: ConnectionSetupClient,
    private readonly keeper: ConnectionWriter,
    private readonly visits: BankRedirectService,
  ) {}

  /**
   * Makes a connection out of credentials.
   *
   * @param binding - the binding that the browser already has
   * @throws ConnectionsError `invalid_request`, `return_to_refused`, `credentials_refused`; `not_connected` for an owner
   *   without a Powens user while `provisioning` is not `server-first`; PowensApiError. After `powens_timeout` the
   *   connection may have been made
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
    const wish = { returnTo, binding };
    this.visits.check(wish);
    const speaker = await this.newSpeaker(requiredOwner(owner));
    const remote = await this.dialogue.create(speaker, connectorUuid, credentials);
    return this.step(speaker, await this.keeper.keepNew(speaker, remote), remote, wish);
  }

  /**
   * Gives what a step asked for.
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
    return this.goOn(requiredOwner(owner), connectionId, { returnTo, binding }, async (speaker, powensId) =>
      this.dialogue.answer(speaker, powensId, credentials),
    );
  }

  /**
   * Goes on after a confirmation in the bank's app, or looks again where a step said to wait.
   *
   * @throws as {@link CustomConnectionsService.create}; ConnectionsError `not_found`
   */
  async resume(
    owner: OwnerLike,
    connectionId: string,
    { returnTo }: Pick<CustomConnectionAnswer, 'returnTo'> = {},
    binding: string | null = null,
  ): Promise<CustomConnectionStep> {
    return this.goOn(requiredOwner(owner), connectionId, { returnTo, binding }, async (speaker, powensId) =>
      this.dialogue.resume(speaker, powensId),
    );
  }

  /**
   * Tells Powens which accounts the end user consented to: until then it gives none of their data.
   *
   * @param accountIds - of `accounts({ all: true })`
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
    const local = await this.keeper.require(known, connectionId);
    await this.dialogue.consent(await this.speaker(known), local.powensConnectionId, accountIds);
  }

  private async goOn(
    owner: Owner,
    connectionId: string,
    wish: BankRedirectRequest,
    say: (speaker: Speaker, powensId: string) => Promise<AskingConnection>,
  ): Promise<CustomConnectionStep> {
    this.visits.check(wish);
    const local = await this.keeper.require(owner, connectionId);
    const speaker = await this.speaker(owner);
    const remote = await this.heard(say(speaker, local.powensConnectionId));
    const kept = await this.keeper.keep(speaker, local, remote);
    if (remote === null || kept === null) {
      throw new ConnectionsError('not_found', 'There is no such connection.');
    }
    return this.step(speaker, kept, remote, wish);
  }

  /** Null for a connection that was deleted at Powens behind our back. */
  private async heard(said: Promise<AskingConnection>): Promise<AskingConnection | null> {
    try {
      return await said;
    } catch (error) {
      if (isOwnAnswer(error, [404])) {
        return null;
      }
      throw error;
    }
  }

  private async step(
    speaker: Speaker,
    local: LocalConnection,
    { state, fields }: AskingConnection,
    wish: BankRedirectRequest,
  ): Promise<CustomConnectionStep> {
    const next = nextOf(state);
    return {
      connectionId: local.id,
      next,
      state,
      fields: next === 'answer' ? fields : [],
      visit: next === 'visit' ? await this.visits.start(speaker, local, wish) : null,
    };
  }

  private async newSpeaker(owner: Owner): Promise<Speaker> {
    const account = await this.provisioning.accountFor(owner);
    if (account === null) {
      throw new ConnectionsError(
        'not_connected',
        'This owner has no Powens user yet. Custom connections need provisioning "server-first".',
      );
    }
    return { owner, account };
  }

  private async speaker(owner: Owner): Promise<Speaker> {
    return { owner, account: await this.tokens.require(owner) };
  }
}
