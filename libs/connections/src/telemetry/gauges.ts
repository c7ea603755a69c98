import type { Attributes, BatchObservableResult, ObservableGauge } from '@opentelemetry/api';
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
  breaker: {
    ...gauge(
      'powens.api.breaker',
      '1',
      'Circuit breakers of this process: 0 closed, 1 one call is sent to see, 2 open, no call is sent.',
    ),
    labels: [...INSTANCE, 'operations'],
  },
} as const satisfies Record<string, Metric>;

/** Name of a gauge. */
export type GaugeName = keyof typeof GAUGES;

/** Values by gauge, or by value of its second label; one that is absent is not reported. */
export type GaugeValues = Readonly<Partial<Record<GaugeName, number | Readonly<Record<string, number>>>>>;

/**
 * Reports gauges whenever the SDK of the host collects.
 *
 * @param read - a rejection reports nothing
 * @returns a function that ends it; null without an SDK, which may be registered later
 */
export function observeGauges(instance: string, read: () => Promise<GaugeValues>): (() => void) | null {
  const meter = activeMeter();
  if (meter === null) {
    return null;
  }
  const gauges = Object.entries(GAUGES).map(([key, { name, unit, description, labels }]) => ({
    key: key as GaugeName,
    gauge: meter.createObservableGauge(name, { unit, description }),
    label: labels[1],
  }));
  const observe = async (result: BatchObservableResult): Promise<void> => {
    const values: GaugeValues = await read().catch(() => ({}));
    gauges.forEach(({ key, gauge: observed, label }) => {
      attributesOf(values[key], label).forEach(([value, attributes]) => {
        result.observe(observed, value, { 'powens.instance': instance, ...attributes });
      });
    });
  };
  const observed = gauges.map((one): ObservableGauge => one.gauge);
  meter.addBatchObservableCallback(observe, observed);
  return () => {
    meter.removeBatchObservableCallback(observe, observed);
  };
}

function attributesOf(value: GaugeValues[GaugeName], label = ''): [number, Attributes][] {
  if (typeof value === 'object') {
    return Object.entries(value).map(([key, one]) => [one, { [label]: key }]);
  }
  return value === undefined ? [] : [[value, {}]];
}

function gauge(name: string, unit: string, description: string): Metric {
  return { name, unit, description, labels: INSTANCE };
}
