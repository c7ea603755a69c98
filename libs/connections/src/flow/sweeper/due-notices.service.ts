import { Injectable } from '@nestjs/common';
import { ExpiryNoticeService } from './expiry-notice.service.js';
import { SilenceNoticeService } from './silence-notice.service.js';

/**
 * What the sweeper warns of, in one place.
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
