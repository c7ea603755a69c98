import { Inject, Injectable } from '@nestjs/common';
import { SilentConnectionsRepository } from '../../connections/silent-connections.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ConnectionSilentData } from '../../events/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { NoticeService } from './notice.service.js';

const BATCH = 100;

/**
 * Notifies the host of connections without an error that are no longer synchronised, once per silence.
 *
 * @see G11
 * @internal
 */
@Injectable()
export class SilenceNoticeService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly silent: SilentConnectionsRepository,
    private readonly notices: NoticeService,
  ) {}

  /** Notifies of every connection without a synchronisation for the option's days that was not notified since. */
  async warn(): Promise<void> {
    const { lifecycle } = this.options;
    if (lifecycle.silentDays === 0) {
      return;
    }
    for (const local of await this.silent.find(lifecycle.silentDays, BATCH)) {
      const data: ConnectionSilentData = { lastSyncedAt: local.lastSyncedAt?.toISOString() ?? null };
      await this.notices.notify(local, { type: 'connection.silent', data }, (tx) => {
        this.silent.markNotified(local, tx);
      });
    }
  }
}
