import { Inject, Injectable } from '@nestjs/common';
import { GoneConnectionsRepository } from '../../connections/gone-connections.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { LostUserRepository } from '../../custody/losses/lost-user.repository.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { ErasureService } from '../erasure/erasure.service.js';

const BATCH = 50;

/**
 * Ends the retention of lost connections, users and tokens here. Sends nothing to Powens.
 *
 * @internal
 */
@Injectable()
export class LossRetention {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly lost: LostUserRepository,
    private readonly gone: GoneConnectionsRepository,
    private readonly inbox: InboxRepository,
    private readonly erasure: ErasureService,
  ) {}

  /**
   * Deletes losses that are older than the retention. A tombstone of each connection stays.
   *
   * @param isStopped - checked before each
   */
  async end(isStopped: () => boolean): Promise<void> {
    const { losses } = this.options;
    for (const userId of await this.lost.findForgotten(losses.rememberDays, BATCH)) {
      if (isStopped()) {
        return;
      }
      await this.erasure.forget(userId);
    }
    await this.gone.clearDetails(BATCH);
    await this.lost.dropRefused(losses.rememberDays);
    await this.lost.tidy(losses.rememberDays);
    await this.inbox.releaseConfirmed();
  }
}
