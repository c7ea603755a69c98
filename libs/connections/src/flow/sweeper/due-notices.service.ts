import { Injectable } from '@nestjs/common';
import { ExpiryNoticeService } from './expiry-notice.service.js';
import { SilenceNoticeService } from './silence-notice.service.js';

/**
 * The notices that the sweeper sends.
 *
 * @internal
 */
@Injectable()
export class DueNotices {
  constructor(
    readonly expiry: ExpiryNoticeService,
    readonly silence: SilenceNoticeService,
  ) {}
}
