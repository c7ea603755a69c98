import type { Provider } from '@nestjs/common';
import { InterruptedChanges } from './interrupted-changes.service.js';
import { LifecycleSweeper } from './lifecycle-sweeper.service.js';
import { Retention } from './retention.service.js';

/**
 * Background work: finishes interrupted changes, sends notices, removes old rows.
 *
 * @internal
 */
export const SWEEPER_PROVIDERS: Provider[] = [InterruptedChanges, Retention, LifecycleSweeper];
