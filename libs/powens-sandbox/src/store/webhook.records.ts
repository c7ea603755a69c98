import type { WebhookEventName } from './webhook-event.js';

/**
 * How the receiver of a webhook recognises the sender.
 *
 * @see protocol notes, section 7.4
 */
export type WebhookAuth =
  | { type: 'none' }
  | { type: 'bearer' }
  | { type: 'hmac_signature'; secret: string }
  | { type: 'oauth'; url: string; clientId: string; clientSecret: string; scope: string | null };

/** One URL that wants one event. */
export interface WebhookRegistrationRecord {
  id: number;
  event: WebhookEventName;
  url: string;
  auth: WebhookAuth;
  /** The auth provider that stands for `auth`, when the registration names one. */
  idProvider: number | null;
  createdAt: number;
  updatedAt: number;
  /** Switched off since then. */
  deletedAt: number | null;
}

/** A named way to authenticate, made through `/webhooks/auth`. */
export interface WebhookProviderRecord {
  id: number;
  name: string;
  auth: WebhookAuth;
}

/**
 * Stands for the transactions of one account in a stored body: they are computed, and a first synchronisation of a
 * hundred thousand accounts would not fit into memory.
 */
export interface TransactionFill {
  idAccount: number;
  type: string;
  createdAt: number;
  currency: string;
  /** Only transactions above this id: what was pushed before. Null for the whole history. */
  afterId: number | null;
  /** How far the account was synchronised. */
  until: number;
  /** How many bytes of further history to make up. */
  padBytes: number;
}

/** A message, for every registration of its event. */
export interface WebhookMessage {
  event: WebhookEventName;
  idUser: number | null;
  idConnection: number | null;
  /** The body, without transactions and without its `id_webhook_data`. */
  text: string;
  /** One for each empty `transactions` of the body, in order. */
  fills: TransactionFill[];
  /** The text is sent as it stands, whatever it is. */
  isVerbatim: boolean;
}

/** A message that was given its `id_webhook_data`. */
export interface WebhookDataRecord extends WebhookMessage {
  id: number;
}

/** A message about a temporary user: sent once the user is permanent, or never. */
export interface WithheldWebhookRecord extends WebhookMessage {
  id: number;
  idUser: number;
}

/** One attempt to deliver. */
export interface WebhookAttempt {
  /** Of the real clock. */
  at: string;
  /** What the receiver answered; null when it did not. */
  status: number | null;
  error?: string;
  ms: number;
}

/** One message on its way to one URL. */
export interface WebhookDeliveryRecord {
  id: number;
  idWebhookData: number;
  idRegistration: number;
  event: WebhookEventName;
  url: string;
  idUser: number | null;
  idConnection: number | null;
  attempts: WebhookAttempt[];
  acknowledged: boolean;
  nextTry: string | null;
  /** The `BI-Signature-Date` to keep; null for the moment of each attempt. */
  signatureDate: string | null;
}

/** How webhooks are sent. */
export interface WebhookSettings {
  /** Compress bodies. */
  gzip: boolean;
  /** Which bytes are signed when bodies are compressed. */
  signs: 'plain' | 'compressed';
  /** Give each attempt a new date and signature. */
  redate: boolean;
  /** Size of the first synchronisation of a connection, in bytes; 0 for what the accounts hold. */
  bigFirstSync: number;
  /** How long a receiver may take. */
  timeoutMs: number;
  /** Between two runs of the flusher, in real time. */
  flusherPeriodSeconds: number;
  /** How many deliveries of one registration may be on their way at once. */
  parallelism: number;
  /** Hold everything back until a flush. */
  paused: boolean;
  userAgent: string;
}
