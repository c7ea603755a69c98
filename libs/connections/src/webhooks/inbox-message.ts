import type { PowensWebhookEvent } from '../events/powens-webhook-events.js';
import type { StoredBody } from './body/body-store.js';
import type { WebhookSummary } from './body/webhook-summary.js';

/** A verified webhook to store. */
export interface NewInboxMessage {
  readonly instance: string;
  readonly event: PowensWebhookEvent;
  /** `id_webhook_data`, or a hash of the body. */
  readonly dedupeKey: string;
  /** Messages with the same key are processed one after the other. */
  readonly orderKey: string;
  readonly powensUserId: string | null;
  readonly powensConnectionId: string | null;
  /** Null for a body that is not a JSON object. */
  readonly summary: WebhookSummary | null;
  /** Null when no body is to be kept. */
  readonly body: StoredBody | null;
}

/** A claimed webhook. */
export interface InboxMessage {
  readonly position: string;
  readonly event: PowensWebhookEvent;
  readonly orderKey: string;
  readonly powensUserId: string | null;
  readonly powensConnectionId: string | null;
  readonly summary: WebhookSummary | null;
  readonly hasBody: boolean;
  /** Fencing token of the worker that processes it. */
  readonly leaseToken: string;
  /** Times it was processed, this time included; a deferral does not count. */
  readonly tries: number;
  /** Seconds since it arrived, by the database's clock. */
  readonly ageSeconds: number;
  /** Span that received it, to link to; null without telemetry. */
  readonly traceParent: string | null;
}

/**
 * How a message ends: `ignored` when its subject is not stored here; `unconfirmed` when it is to be processed again once
 * its connection is confirmed.
 */
export type InboxOutcome = 'processed' | 'ignored' | 'unconfirmed';

/** A body that is kept, and the Powens user that it is about. */
export interface KeptBody {
  readonly powensUserId: string | null;
  readonly body: Buffer;
  readonly encoding: 'identity' | 'gzip';
}
