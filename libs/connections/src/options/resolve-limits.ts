import type { LimitOptions } from './limit-options.interface.js';
import { inRange } from './option-checks.js';

const DEFAULTS: Required<LimitOptions> = { pendingAttempts: 50, callbacksPerMinute: 600 };

/**
 * Completes and checks the option `limits`.
 *
 * @throws ConfigurationError naming the limit that cannot be used
 */
export function resolveLimits(options: LimitOptions = {}): Required<LimitOptions> {
  const limits = { ...DEFAULTS, ...options };
  inRange('limits.pendingAttempts', limits.pendingAttempts, 1, 10_000);
  inRange('limits.callbacksPerMinute', limits.callbacksPerMinute, 1, 1_000_000);
  return limits;
}
