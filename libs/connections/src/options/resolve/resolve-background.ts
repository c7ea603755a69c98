import { ConfigurationError } from '../../errors/index.js';
import type { AuditTrailOptions } from '../background/audit-trail-options.interface.js';
import type { LifecycleOptions, OutboxOptions } from '../background/background-options.interface.js';
import type { EventPublisher } from '../background/events-options.interface.js';
import type { ReconciliationOptions } from '../background/reconciliation-options.interface.js';
import { group } from '../schema/group.js';
import type { Option } from '../schema/option.js';
import { flag, hasMethod, own, whole } from '../schema/values.js';

type OptionsOf<T> = { readonly [N in keyof Required<T>]: Option<Required<T>[N]> };

export const events = group({
  publisher: own<EventPublisher>(hasMethod('publish'), 'must be an object with publish(event, signal).'),
  publishTimeoutMs: whole(10, 3_600_000, 30_000),
});

export const outbox = group({
  relay: flag(true),
  pollIntervalMs: whole(10, 60_000, 1000),
  batchSize: whole(1, 1000, 100),
  leaseSeconds: whole(1, 3600, 10),
  handlerTimeoutMs: whole(10, 3_600_000, 30_000),
  maxTries: whole(1, 1000, 20),
} satisfies OptionsOf<OutboxOptions>);

export const auditTrail = group({
  enabled: flag(false),
  retentionDays: whole(1, 36_500, 400),
  anonymiseErased: flag(true),
} satisfies OptionsOf<AuditTrailOptions>);

/** The regular comparison with Powens. */
export const reconciliation = group({
  enabled: flag(true),
  intervalHours: whole(1, 24 * 30, 24),
  usersPerMinute: whole(1, 6000, 10),
} satisfies OptionsOf<ReconciliationOptions>);

/**
 * Makes the option `lifecycle`.
 *
 * @param totalTimeoutMs - of a call to Powens
 */
export function lifecycleOption(totalTimeoutMs: number): Option<Required<LifecycleOptions>> {
  return group({
    sweeper: flag(true),
    sweepIntervalMs: whole(10, 3_600_000, 10_000),
    leaseSeconds: leaseSeconds(totalTimeoutMs),
    expiringDaysAhead: whole(0, 90, 14),
    silentDays: whole(0, 365, 3),
    unconfirmedGraceSeconds: whole(0, 3600, 60),
    unconfirmedRemovalHours: whole(0, 24 * 90, 72),
    recoveryHours: whole(0, 24 * 6, 24),
  } satisfies OptionsOf<LifecycleOptions>);
}

function leaseSeconds(totalTimeoutMs: number): Option<number> {
  const seconds = whole(1, 3600, 60);
  return {
    ...seconds,
    read: (given, path) => {
      const lease = seconds.read(given, path);
      if (lease * 1000 < totalTimeoutMs) {
        // Two concurrent renewals would each revoke the token of the other.
        throw new ConfigurationError(path, 'must not be shorter than powens.totalTimeoutMs.');
      }
      return lease;
    },
  };
}
