import { Inject, Injectable } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { NoticeService } from './notice.service.js';

const BATCH = 100;

/**
 * Warns of consents that end, once per end.
 *
 * @see G10
 * @internal
 */
@Injectable()
export class ExpiryNoticeService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly changes: ConnectionChangesRepository,
    private readonly warnings: NoticeService,
  ) {}

  /** Tells of every consent that ends within the option's days and was not told of. */
  async warn(): Promise<void> {
    const { lifecycle } = this.options;
    for (const local of await this.changes.findExpiring(lifecycle.expiringDaysAhead, BATCH)) {
      const data = { expiresAt: local.expiresAt?.toISOString() ?? null };
      await this.warnings.tell(local, { type: 'connection.expiring', data }, (tx) => {
        this.changes.tellExpiry(local, tx);
      });
    }
  }
}
