import type { Provider } from '@nestjs/common';
import { ReconciliationLoop } from './reconciliation-loop.service.js';
import { ReconciliationSchedule } from './reconciliation-schedule.repository.js';
import { ReconciliationService } from './reconciliation.service.js';
import { UserReconciliation } from './user-reconciliation.service.js';

/**
 * The regular comparison with Powens.
 *
 * @internal
 */
export const RECONCILIATION_PROVIDERS: Provider[] = [
  ReconciliationSchedule,
  UserReconciliation,
  ReconciliationLoop,
  ReconciliationService,
];
