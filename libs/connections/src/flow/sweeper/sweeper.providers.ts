import type { Provider } from '@nestjs/common';
import { AbandonedReservations } from './abandoned-reservations.service.js';
import { DueNotices } from './due-notices.service.js';
import { DueRemovals } from './due-removals.service.js';
import { ExpiryNoticeService } from './expiry-notice.service.js';
import { InterruptedChanges } from './interrupted-changes.service.js';
import { LifecycleSweeper } from './lifecycle-sweeper.service.js';
import { LossRetention } from './loss-retention.service.js';
import { NoticeService } from './notice.service.js';
import { SilenceNoticeService } from './silence-notice.service.js';

/**
 * Background work: finishes interrupted changes, sends notices, removes old rows.
 *
 * @internal
 */
export const SWEEPER_PROVIDERS: Provider[] = [
  InterruptedChanges,
  NoticeService,
  ExpiryNoticeService,
  SilenceNoticeService,
  DueNotices,
  LifecycleSweeper,
  LossRetention,
  AbandonedReservations,
  DueRemovals,
];
