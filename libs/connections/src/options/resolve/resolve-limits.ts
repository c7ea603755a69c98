import type { LossesOptions } from '../background/background-options.interface.js';
import type { DatabaseOptions } from '../database-options.interface.js';
import type { LimitOptions } from '../limit-options.interface.js';
import { group } from '../schema/group.js';
import type { Option } from '../schema/option.js';
import { decimal, whole } from '../schema/values.js';

/** Above zero: one check never counts as two. */
const MIN_CONFIRM_HOURS = 0.0000001;

export const limits = group({
  pendingAttempts: whole(1, 10_000, 50),
  callbacksPerMinute: whole(1, 1_000_000, 600),
} satisfies Record<keyof LimitOptions, Option<number>>);

export const losses = group({
  confirmAfterHours: decimal(MIN_CONFIRM_HOURS, 24 * 30, 24),
  maxPerDay: whole(0, 1_000_000, 3),
  maxPercentPerDay: decimal(0, 100, 1),
  rememberDays: decimal(0, 365, 30),
} satisfies Record<keyof LossesOptions, Option<number>>);

export const database = group({
  acquireTimeoutMs: whole(100, 60_000, 5000),
  statementTimeoutMs: whole(1000, 600_000, 15_000),
} satisfies Record<keyof DatabaseOptions, Option<number>>);
