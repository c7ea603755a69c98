import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import {
  PowensUserLeaseRepository,
  type PowensUserLease,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { ErasureRepository } from '../../custody/erasure.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError, PowensApiError } from '../../errors/index.js';
import { changeLeaseSeconds } from '../../options/resolve/call-time.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { WebviewCode } from '../../values/secrets/webview-code.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { ErasureService } from '../erasure/erasure.service.js';
import { isOwnAnswer } from '../losses/own-connections.js';
import { TokenService, type RenewedBy } from '../tokens/token.service.js';

const WAIT_MS = 20_000;
const STEP_MS = 100;

/**
 * Finds the Powens user that a flow works with, and creates one first with `provisioning: "server-first"`.
 *
 * @internal
 */
@Injectable()
export class ProvisioningService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly leases: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    private readonly tokens: TokenService,
    private readonly powens: PowensClient,
    private readonly erasure: ErasureService,
    private readonly erasures: ErasureRepository,
  ) {}

  /** Whether a flow needs a Powens user that exists before the webview opens. */
  get isServerFirst(): boolean {
    return this.options.provisioning === 'server-first';
  }

  /**
   * Creates the code that lets the webview act for the owner's Powens user: an owner who has one never gets a second user.
   *
   * @param known - the owner's Powens user as it was just read; null to find or create it
   * @returns null while the owner has no Powens user
   */
  async codeFor(owner: Owner, known: OwnedPowensUser | null): Promise<WebviewCode | null> {
    const user = known ?? (await this.powensUserFor(owner));
    return user === null ? null : this.createCode(owner, user);
  }

  /**
   * As {@link ProvisioningService.codeFor}, for flows that need a Powens user.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError
   */
  async requiredCodeFor(owner: Owner): Promise<WebviewCode> {
    return this.createCode(owner, await this.keptFor(owner));
  }

  private async createCode(owner: Owner, user: OwnedPowensUser): Promise<WebviewCode> {
    const send = async (token: AccessToken): Promise<WebviewCode> => this.powens.createWebviewCode(token);
    return this.tokens.call(owner, user, send, { ownerIsPresent: true });
  }

  /**
   * The Powens user of an owner who starts a flow: an owner who has a Powens user never gets a second one.
   *
   * @returns null when there is none and the webview creates an anonymous user (`webview-first`)
   * @throws ConnectionsError `busy` when another process changes the Powens user for too long; PowensApiError
   */
  async powensUserFor(owner: Owner): Promise<OwnedPowensUser | null> {
    for (let waited = 0; waited < WAIT_MS; waited += STEP_MS) {
      const user = await this.tryFind(owner);
      if (user !== 'wait') {
        return user;
      }
      await sleep(STEP_MS);
    }
    throw new ConnectionsError('busy', "The owner's Powens user is being changed.", { retryAfterSeconds: 5 });
  }

  /**
   * The Powens user of an owner who must have one. A revoked token is renewed: an owner who starts a repair wants to stay
   * connected.
   *
   * @throws ConnectionsError `not_connected`; PowensApiError
   */
  async keptFor(owner: Owner): Promise<OwnedPowensUser> {
    const usable = await this.custody.find(owner);
    if (usable !== null) {
      return usable;
    }
    const found = await this.leases.find(owner);
    return found?.status === 'revoked'
      ? this.tokens.renewFrom(found, found.sealedToken, startedBy(owner))
      : this.tokens.require(owner);
  }

  private async tryFind(owner: Owner): Promise<OwnedPowensUser | null | 'wait'> {
    const { provisioning } = this.options;
    const found = await this.leases.find(owner);
    if (found === null) {
      return provisioning === 'webview-first' ? null : this.create(owner);
    }
    const { status, userId, powensUserId, provider, sealedToken } = found;
    if (status === 'active' && powensUserId !== null && sealedToken !== null) {
      return { userId, powensUserId, provider, sealedToken };
    }
    if (status === 'revoked') {
      return this.tokens.renewFrom(found, sealedToken, startedBy(owner));
    }
    if (status === 'lost') {
      return this.findOrForget(found, owner);
    }
    if (status === 'provisioning') {
      // Its process died, possibly after Powens had created the user.
      await this.erasures.loseReservation(found, null);
    }
    return 'wait';
  }

  /**
   * The owner of a lost Powens user is present and wants to connect, so one more call to Powens decides. A user that Powens finds
   * is in use again; one that it does not find is forgotten here, and the owner gets a new Powens user.
   */
  private async findOrForget(found: PowensUserState, owner: Owner): Promise<OwnedPowensUser | 'wait'> {
    try {
      return await this.tokens.renewFrom(found, found.sealedToken, startedBy(owner));
    } catch (error) {
      if (!isOwnAnswer(error, [400, 404])) {
        throw error;
      }
      await this.erasure.forget(found.userId);
      return 'wait';
    }
  }

  /** Reserves the row, creates the Powens user, fills the row. All of it is committed before the webview opens. */
  private async create(owner: Owner): Promise<OwnedPowensUser | 'wait'> {
    const { instance, powens } = this.options;
    const { provider } = powens;
    const seconds = changeLeaseSeconds(this.options);
    const lease: PowensUserLease = { userId: uuidv7(), leaseToken: uuidv4() };
    if (!(await this.leases.reserve({ instance, provider }, owner, lease, seconds))) {
      return 'wait';
    }
    let token: AccessToken | null = null;
    try {
      const tenant = await this.custody.tenantOf(owner);
      const user = await this.powens.initUser(tenant.application);
      token = user.token;
      const { powensUserId } = user;
      const { userId } = lease;
      const sealed = this.custody.reseal({ owner, userId, powensUserId }, token, tenant);
      if (!(await this.leases.activate(lease, powensUserId, sealed))) {
        throw new ConnectionsError('busy', "The owner's row was changed while its Powens user was created.");
      }
      return { userId, powensUserId, provider, sealedToken: sealed.sealedToken };
    } catch (error) {
      if (token === null && mayBeCreated(error)) {
        await this.erasures.loseReservation({ userId: lease.userId, owner }, lease.leaseToken);
      } else {
        await this.giveUp(owner, lease, token);
      }
      throw error;
    }
  }

  /**
   * A Powens user without a row would be billed forever. This process created it, so it may be deleted, once it is certain
   * that no row was filled with it.
   */
  private async giveUp(owner: Owner, lease: PowensUserLease, token: AccessToken | null): Promise<void> {
    const unfilled = await this.leases.abandon(owner, lease.leaseToken);
    if (token !== null && (unfilled || !(await this.leases.isIn(lease.userId, ['active'])))) {
      await this.powens.deleteUser(token);
    }
  }
}

function startedBy(owner: Owner): RenewedBy {
  return { owner, initiator: 'application' };
}

/** Whether Powens may have created a user although its answer did not arrive. */
function mayBeCreated(error: unknown): boolean {
  return !(error instanceof PowensApiError) || error.failure.processed !== 'no';
}
