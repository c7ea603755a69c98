import { Inject, Injectable } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { NoticeService } from './notice.service.js';

const BATCH = 100;

/**
 * Notifies the host of consents that expire, once per expiry date.
 *
 * @see G10
 * @internal
 */
@Injectable()
export class ExpiryNoticeService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly changes: ConnectionChangesRepository,
    private readonly notices: NoticeService,
  ) {}

  /** Notifies of every consent that expires within the option's days and was not notified yet. */
  async warn(): Promise<void> {
    const { lifecycle } = this.options;
    for (const local of await this.changes.findExpiring(lifecycle.expiringDaysAhead, BATCH)) {
      const data = { expiresAt: local.expiresAt?.toISOString() ?? null };
      await this.notices.notify(local, { type: 'connection.expiring', data }, (tx) => {
        this.changes.tellExpiry(local, tx);
      });
    }
  }
}
