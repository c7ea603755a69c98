import type { BatchObservableResult, ObservableGauge } from '@opentelemetry/api';
import { activeMeter, type Metric } from './instruments.js';

const INSTANCE = ['powens.instance'];
const messages = '{message}';

/** What is read when metrics are collected: the state of the database, and of this process. */
export const GAUGES = {
  outboxDepth: gauge('powens.outbox.depth', messages, 'Events that wait for their delivery, 10 000 at most.'),
  outboxAge: gauge('powens.outbox.age', 's', 'Age of the oldest event that is due or was tried.'),
  outboxDead: gauge('powens.outbox.dead_letters', messages, 'Events whose deliveries all failed.'),
  inboxDepth: gauge(
    'powens.inbox.depth',
    messages,
    'Webhooks that wait for their processing, 10 000 at most.',
  ),
  inboxAge: gauge(
    'powens.inbox.age',
    's',
    'Age of the oldest webhook that is due or was tried; one of an unknown user is put off instead.',
  ),
  inboxDead: gauge('powens.inbox.dead_letters', messages, 'Webhooks that could not be processed.'),
  lossesHeld: gauge('powens.losses.held', '{loss}', 'Losses above the limit, which a person must approve.'),
  lossesSuspected: gauge('powens.losses.suspected', '{loss}', 'Losses that wait for a second check.'),
  orphans: gauge(
    'powens.orphans',
    '{user}',
    'Powens users without a row here, at the last search of this process.',
  ),
  callsActive: gauge('powens.api.active', '{call}', 'Calls to Powens that this process has open.'),
  callsWaiting: gauge('powens.api.waiting', '{call}', 'Calls that wait for a free connection to Powens.'),
  pause: gauge(
    'powens.api.pause',
    's',
    'Seconds for which Powens last asked this process to wait, what is left of them.',
  ),
} as const satisfies Record<string, Metric>;

/** Name of a gauge. */
export type GaugeName = keyof typeof GAUGES;

/** Values by gauge; one that is absent is not reported. */
export type GaugeValues = Readonly<Partial<Record<GaugeName, number>>>;

/**
 * Reports gauges whenever the SDK of the host collects. Does nothing without an SDK.
 *
 * @param read - a rejection reports nothing
 * @returns a function that ends it
 */
export function observeGauges(instance: string, read: () => Promise<GaugeValues>): () => void {
  const meter = activeMeter();
  if (meter === null) {
    return () => undefined;
  }
  const gauges = Object.entries(GAUGES).map(
    ([key, { name, unit, description }]): [string, ObservableGauge] => [
      key,
      meter.createObservableGauge(name, { unit, description }),
    ],
  );
  const labels = { 'powens.instance': instance };
  const observe = async (result: BatchObservableResult): Promise<void> => {
    const values: Readonly<Record<string, number>> = await read().catch(() => ({}));
    gauges.forEach(([key, observed]) => {
      const value = values[key];
      if (value !== undefined) {
        result.observe(observed, value, labels);
      }
    });
  };
  const observed = gauges.map(([, one]) => one);
  meter.addBatchObservableCallback(observe, observed);
  return () => {
    meter.removeBatchObservableCallback(observe, observed);
  };
}

function gauge(name: string, unit: string, description: string): Metric {
  return { name, unit, description, labels: INSTANCE };
}
