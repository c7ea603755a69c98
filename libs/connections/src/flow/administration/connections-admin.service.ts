import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { AuditTrail } from '../../custody/audit/audit-trail.service.js';
import type { AuditReport, AuditVerifyOptions } from '../../custody/audit/audit-verification.js';
import { ConnectionsError } from '../../errors/index.js';
import { requiredOwner } from '../../options/owner-of.js';
import { readPage, type PageRequest } from '../../values/page.js';
import { RETENTION_DAYS } from '../completion/attempt-completion.service.js';
import { PURGE_BATCH, Retention } from '../sweeper/retention.service.js';
import { AdministrationRepository } from './administration.repository.js';
import type {
  FailedWebhook,
  FailedWebhookPage,
  PurgeOptions,
  PurgeReport,
  UserRecord,
  UserRecordPage,
  UserSearch,
} from './administration.types.js';

/** Positions are `bigint`, from 1. */
const POSITION = /^[1-9]\d{0,17}$/;
const BEFORE_ALL_POSITIONS = '0';
const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000';

/**
 * Finds and tidies the rows of all owners. For operators: it checks no permission, so no route of this module exposes it;
 * guard whatever of yours calls it. The command `connections` does.
 *
 * @example
 * ```ts
 * const { items } = await admin.search({ powensUserId: '4711' });
 * ```
 * @public
 */
@Injectable()
export class ConnectionsAdminService {
  /** @internal */
  constructor(
    private readonly rows: AdministrationRepository,
    private readonly attempts: AttemptRepository,
    private readonly retention: Retention,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Finds Powens users with their newest connections and attempts, in the order of their ids here. Reads nothing secret.
   *
   * @param search - all that is given must hold
   * @param page - `limit` from 1 to 200, 50 when absent; `cursor` of the page before
   * @throws ConnectionsError `invalid_request` for a limit or cursor that is not one, `unauthenticated` for an owner that
   *   cannot be kept; StorageError
   */
  async search(search: UserSearch = {}, page: PageRequest = {}): Promise<UserRecordPage> {
    const { owner, connectionId, attemptId, ...others } = search;
    if ([connectionId, attemptId].some((id) => id !== undefined && !isUuid(id))) {
      return { items: [], nextCursor: null };
    }
    const known = {
      ...others,
      ...(connectionId === undefined ? {} : { connectionId }),
      ...(attemptId === undefined ? {} : { attemptId }),
      ...(owner === undefined ? {} : { owner: requiredOwner(owner) }),
    };
    return readPage<UserRecord>(page, {
      start: BEFORE_ALL_IDS,
      isKey: isUuid,
      keyOf: ({ id }) => id,
      find: async (after, limit) => this.rows.findUsers(known, { after, limit }),
    });
  }

  /**
   * Lists webhooks that were given up, in the order of their arrival. Their content is not kept: what they reported is read by a
   * comparison, see `ReconciliationService`.
   *
   * @param page - `limit` from 1 to 200, 50 when absent; `cursor` of the page before
   * @throws ConnectionsError `invalid_request` for a limit or cursor that is not one; StorageError
   */
  async listFailedWebhooks(page: PageRequest = {}): Promise<FailedWebhookPage> {
    return readPage<FailedWebhook>(page, {
      start: BEFORE_ALL_POSITIONS,
      isKey: (text) => POSITION.test(text),
      keyOf: ({ id }) => id,
      find: async (after, limit) => this.rows.findFailedWebhooks({ after, limit }),
    });
  }

  /**
   * Ends a webhook that was given up, so that it is no longer listed or counted. The same delivery is still recognised.
   *
   * @throws ConnectionsError `not_found` when it is not one that was given up; StorageError
   */
  async discardFailedWebhook(id: string): Promise<void> {
    if (!POSITION.test(id) || !(await this.rows.ignoreWebhook(id))) {
      throw new ConnectionsError('not_found', 'There is no such webhook that was given up.');
    }
  }

  /**
   * Reads the audit trail of the database, and checks that no row was edited, removed, moved or added by others. Needs the keys of the time
   * at which its rows were written.
   *
   * @throws ConnectionsError `invalid_request` when `expect` is no head; StorageError; the error of `onProgress`
   */
  async verifyAudit(options: AuditVerifyOptions = {}): Promise<AuditReport> {
    return this.audit.verify(options);
  }

  /**
   * Removes in batches, each committed on its own, what is older than its retention: what the sweeper does bit by bit.
   *
   * @throws StorageError; the error of `onProgress`
   */
  async purge({ signal, onProgress }: PurgeOptions = {}): Promise<PurgeReport> {
    const total = await this.rows.countOld(RETENTION_DAYS, this.retention.days);
    const removed = { attempts: 0, events: 0, webhooks: 0 };
    const done = (): number => removed.attempts + removed.events + removed.webhooks;
    onProgress?.({ done: 0, total });
    for (const kind of ['attempts', 'events', 'webhooks'] as const) {
      for (let batch = 1; batch > 0 && signal?.aborted !== true;) {
        batch = await (kind === 'attempts'
          ? this.attempts.purge(RETENTION_DAYS, PURGE_BATCH)
          : this.retention.purge(kind));
        removed[kind] += batch;
        onProgress?.({ done: done(), total });
      }
    }
    return removed;
  }
}
