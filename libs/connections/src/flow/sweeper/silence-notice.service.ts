import { Inject, Injectable } from '@nestjs/common';
import { SilentConnectionsRepository } from '../../connections/silent-connections.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ConnectionSilentData } from '../../events/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { NoticeService } from './notice.service.js';

const BATCH = 100;

/**
 * Warns of connections that say that all is well and are not synchronised any more, once per silence.
 *
 * @see G11
 * @internal
 */
@Injectable()
export class SilenceNoticeService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly silent: SilentConnectionsRepository,
    private readonly warnings: NoticeService,
  ) {}

  /** Tells of every connection that was not heard of for the option's days, and was not told of since. */
  async warn(): Promise<void> {
    const { lifecycle } = this.options;
    if (lifecycle.silentDays === 0) {
      return;
    }
    for (const local of await this.silent.find(lifecycle.silentDays, BATCH)) {
      const data: ConnectionSilentData = { lastSyncedAt: local.lastSyncedAt?.toISOString() ?? null };
      await this.warnings.tell(local, { type: 'connection.silent', data }, (tx) => {
        this.silent.tell(local, tx);
      });
    }
  }
}
