import type { ConnectionEventType } from '../events/index.js';
import type { PowensWebhookEvent } from '../events/powens-webhook-events.js';
import { type WebhookRefusal } from '../errors/index.js';
import { Counter, Durations, type Metric } from './instruments.js';
import { type Outcome } from './outcome.js';

type Flow = 'connect' | 'reconnect' | 'manage';

/** What became of a webhook that arrived. */
export type WebhookVerdict = 'stored' | 'duplicate' | 'unknown_event' | 'refused' | 'failed';

/** What became of a webhook that was processed. */
export type WebhookOutcome =
  'processed' | 'ignored' | 'unconfirmed' | 'deferred' | 'retried' | 'parked' | 'dead';

/** What became of a delivery. `unavailable`: the publisher of the host could not be reached, which counts as no try. */
export type DeliveryOutcome = 'delivered' | 'retried' | 'unavailable' | 'dead';

const s = 's';

export const attemptsStarted = new Counter<Flow>({
  name: 'powens.attempts.started',
  unit: '{attempt}',
  description: 'Attempts that were issued.',
  labels: ['flow'],
});

export const attemptDuration = new Durations<Flow, 'connected' | 'denied' | 'failed' | 'unknown'>({
  name: 'powens.attempt.duration',
  unit: s,
  description:
    'Age of an attempt when the completion began that ended it: mostly the time of a person at the bank. None for one that expires.',
  labels: ['flow', 'outcome'],
});

export const exchangeDuration = new Durations<Outcome>({
  name: 'powens.exchange.duration',
  unit: s,
  description: 'Exchanges of a code for an access token.',
  labels: ['outcome'],
});

export const apiCallDuration = new Durations<string, Outcome>({
  name: 'powens.api.duration',
  unit: s,
  description: 'Calls to Powens, with their waiting and their retries.',
  labels: ['operation', 'outcome'],
});

export const webhooksReceived = new Counter<PowensWebhookEvent | 'unknown', WebhookVerdict>({
  name: 'powens.webhooks.received',
  unit: '{webhook}',
  description: 'Webhooks that arrived with acceptable headers.',
  labels: ['event', 'verdict'],
});

export const webhooksRefused = new Counter<WebhookRefusal>({
  name: 'powens.webhooks.refused',
  unit: '{webhook}',
  description: 'Webhooks that were not proven to be sent by Powens, by the reason in the log.',
  labels: ['reason'],
});

export const webhookProcessDuration = new Durations<PowensWebhookEvent, WebhookOutcome>({
  name: 'powens.webhook.process.duration',
  unit: s,
  description: 'Tries to process a webhook.',
  labels: ['event', 'outcome'],
});

export const deliveryDuration = new Durations<ConnectionEventType, DeliveryOutcome>({
  name: 'powens.delivery.duration',
  unit: s,
  description: 'Deliveries of an event to the publisher and the handlers.',
  labels: ['event', 'outcome'],
});

export const tokenOpens = new Counter<Outcome>({
  name: 'powens.token.opens',
  unit: '{open}',
  description: 'Access tokens that were decrypted, or could not be: `token_tampered`, `key_unavailable`.',
  labels: ['outcome'],
});

export const renewalDuration = new Durations<'application' | 'background', Outcome>({
  name: 'powens.token.renewal.duration',
  unit: s,
  description: 'Renewals of an access token.',
  labels: ['initiator', 'outcome'],
});

export const reconciliationDuration = new Durations<
  'compared' | 'suspected' | 'held' | 'token_revoked' | 'user_gone' | 'without_token' | 'failed'
>({
  name: 'powens.reconciliation.duration',
  unit: s,
  description: 'Comparisons of a Powens user.',
  labels: ['result'],
});

export const reconciledConnections = new Counter<'added' | 'changed' | 'removed' | 'missing'>({
  name: 'powens.reconciliation.connections',
  unit: '{connection}',
  description: 'Differences that comparisons found.',
  labels: ['change'],
});

/** Every metric that is counted or measured where it happens. */
export const MEASURED: readonly { readonly metric: Metric }[] = [
  attemptsStarted,
  attemptDuration,
  exchangeDuration,
  apiCallDuration,
  webhooksReceived,
  webhooksRefused,
  webhookProcessDuration,
  deliveryDuration,
  tokenOpens,
  renewalDuration,
  reconciliationDuration,
  reconciledConnections,
];
