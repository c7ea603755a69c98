import { Inject, Injectable, type Logger } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { ShareLinkRepository } from '../../attempts/share-link.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import { ConnectionsError, CustodyError, describeError } from '../../errors/index.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { metadataOf } from '../../values/metadata.js';
import type { Owner } from '../../values/owner.js';
import { ConnectFlowService } from '../connect/connect-flow.service.js';
import type { StartedAttempt, StartRequest } from '../connect/connect-flow.types.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import type { OpenLinkOptions, ShareLink, ShareLinkRequest } from './share-link.types.js';

const DEFAULT_MINUTES = 1440;
const MAX_MINUTES = 10_080;
const MIN_MINUTES = 5;
const MAX_USES = 20;
/** What can be sealed. */
const MAX_REQUEST_BYTES = 6144;

/**
 * Links that lead an owner to sign in and to start a connection in a browser of their own, for example from a mail. A link is never the
 * address of a webview, which would connect the bank of anyone who opens it to the owner: it names options of a start, and the start
 * happens when the owner opens it.
 *
 * @see docs/links.md
 * @public
 */
@Injectable()
export class ShareLinksService {
  readonly #logger: Logger;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly links: ShareLinkRepository,
    private readonly custody: AttemptCustody,
    private readonly flow: ConnectFlowService,
    private readonly routes: PublicRoutes,
    private readonly audit: TokenAudit,
  ) {
    this.#logger = loggerOf('ConnectionsFlow', options);
  }

  /**
   * Makes a link for an owner: on request of the owner, or of a person of the application who may act for the owner.
   *
   * @throws ConnectionsError `invalid_request`; `return_to_refused`, also for a target with `complete: 'confirm'`, whose binding a link
   *   cannot pass to the application; `tenant_unavailable`; `rate_limited` when the owner has as many links as `limits.pendingAttempts` that can be used
   */
  async create(owner: OwnerLike, request: ShareLinkRequest = {}): Promise<ShareLink> {
    return this.audit.act('link.create', owner, async (known) => this.created(known, request));
  }

  private async created(known: Owner, request: ShareLinkRequest): Promise<ShareLink> {
    const { expiresInMinutes = DEFAULT_MINUTES, maxUses = 1, ...start } = request;
    assertWhole('expiresInMinutes', expiresInMinutes, { min: MIN_MINUTES, max: MAX_MINUTES });
    assertWhole('maxUses', maxUses, { min: 1, max: MAX_USES });
    this.flow.requireCallback(start.returnTo);
    const { redirectUri } = await this.custody.tenantOf({ owner: known });
    const id = uuidv7();
    const issued = await this.links.insert({
      id,
      owner: known,
      sealedRequest: this.custody.sealLink(textOf(start), { id, owner: known }),
      lifetimeSeconds: expiresInMinutes * 60,
      maxUses,
      maxLinks: this.options.limits.pendingAttempts,
    });
    if (issued === null) {
      throw await this.tooMany(known);
    }
    const { token, expiresAt } = issued;
    return { id, token, url: this.routes.linkUrl(token, redirectUri), expiresAt, maxUses };
  }

  /**
   * Makes a link useless, however many uses it has left. Attempts that it started stay.
   *
   * @throws ConnectionsError `not_found`, also for a link of another owner
   */
  async revoke(owner: OwnerLike, id: string): Promise<void> {
    await this.audit.act('link.revoke', owner, async (known) => {
      if (!isUuid(id) || !(await this.links.remove(known, id))) {
        throw new ConnectionsError('not_found', 'There is no such link.');
      }
    });
  }

  /**
   * Starts the connection of a link, for the owner who opened it. Give the binding to the same browser, in a cookie. Only call it when the
   * person confirmed it, by a request that other sites cannot send: programs that read mails open links, too.
   *
   * @param owner - who is signed in
   * @param token - parameter `token` of the address
   * @throws ConnectionsError `not_found` for a link that this owner cannot use, whatever the reason is; as a start otherwise, and then the
   *   link can be used again
   */
  async open(owner: OwnerLike, token: string, options: OpenLinkOptions = {}): Promise<StartedAttempt> {
    return this.audit.act('link.open', owner, async (known) => this.opened(known, token, options));
  }

  private async opened(
    known: Owner,
    token: string,
    { binding = null, lang }: OpenLinkOptions,
  ): Promise<StartedAttempt> {
    const used = await this.links.use(known, token);
    if (used === null) {
      throw unusable();
    }
    try {
      const request = this.requestOf(used.sealedRequest, { id: used.id, owner: known });
      // The options may have changed since.
      this.flow.requireCallback(request.returnTo);
      return await this.flow.start(known, { ...(lang === undefined ? {} : { lang }), ...request }, binding);
    } catch (error) {
      await this.release(used.id);
      throw error;
    }
  }

  /** A use that cannot be released is lost: what the start failed with is what the person must know. */
  private async release(id: string): Promise<void> {
    try {
      await this.links.release(id);
    } catch (error) {
      this.#logger.warn(`A use of the link ${id} was taken, and its start failed: ${describeError(error)}`);
    }
  }

  private requestOf(sealed: string, link: { readonly id: string; readonly owner: Owner }): StartRequest {
    try {
      return JSON.parse(this.custody.openLink(sealed, link)) as StartRequest;
    } catch (error) {
      if (!(error instanceof CustodyError)) {
        throw error;
      }
      // Edited, or sealed with a key that was removed: it can never be used, and the person needs another one.
      this.#logger.error(`Security: the link ${link.id} cannot be opened (${error.code})`);
      throw unusable();
    }
  }

  private async tooMany(owner: Owner): Promise<ConnectionsError> {
    return new ConnectionsError(
      'rate_limited',
      'This owner has too many links that were not used. Revoke one, or wait until one expires.',
      { retryAfterSeconds: await this.links.secondsToRoom(owner) },
    );
  }
}

/** One text for every reason: it must not show whether a link exists, or whose it is. */
function unusable(): ConnectionsError {
  return new ConnectionsError(
    'not_found',
    'This link cannot be used with the account that is signed in: it was used, has expired or was revoked, or it is for another ' +
      'account. Ask for a new one.',
  );
}

function textOf(start: StartRequest): string {
  const { metadata } = start;
  const text = JSON.stringify(metadata === undefined ? start : { ...start, metadata: metadataOf(metadata) });
  if (Buffer.byteLength(text) > MAX_REQUEST_BYTES) {
    throw new ConnectionsError(
      'invalid_request',
      `The options of a link are longer than ${MAX_REQUEST_BYTES} bytes as JSON.`,
    );
  }
  return text;
}

function assertWhole(
  name: string,
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
    throw new ConnectionsError('invalid_request', `${name} must be a whole number from ${min} to ${max}.`);
  }
}
