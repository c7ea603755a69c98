import type { LossesOptions } from '../background-options.interface.js';
import type { LimitOptions } from '../limit-options.interface.js';
import { inRange, numberInRange, withDefaults } from './option-checks.js';

const DEFAULTS: Required<LimitOptions> = { pendingAttempts: 50, callbacksPerMinute: 600 };

/**
 * Completes and checks the option `limits`.
 *
 * @throws ConfigurationError naming the limit that cannot be used
 */
export function resolveLimits(options?: LimitOptions): Required<LimitOptions> {
  const limits = withDefaults(DEFAULTS, options);
  inRange('limits.pendingAttempts', limits.pendingAttempts, 1, 10_000);
  inRange('limits.callbacksPerMinute', limits.callbacksPerMinute, 1, 1_000_000);
  return limits;
}

/** Above zero: one check never counts as two. */
const MIN_CONFIRM_HOURS = 0.0000001;

/**
 * Checks the option `losses`.
 *
 * @throws ConfigurationError naming the option
 */
export function resolveLosses(provided: LossesOptions = {}): Required<LossesOptions> {
  const { confirmAfterHours = 24, maxPerDay = 3, maxPercentPerDay = 1, rememberDays = 30 } = provided;
  return {
    confirmAfterHours: numberInRange(
      'losses.confirmAfterHours',
      confirmAfterHours,
      MIN_CONFIRM_HOURS,
      24 * 30,
    ),
    maxPerDay: inRange('losses.maxPerDay', maxPerDay, 0, 1_000_000),
    maxPercentPerDay: numberInRange('losses.maxPercentPerDay', maxPercentPerDay, 0, 100),
    rememberDays: numberInRange('losses.rememberDays', rememberDays, 0, 365),
  };
}
