import { SANDBOX_CHOICES } from '../../sandbox.choices.js';
import type { SandboxStore } from '../../store/sandbox.store.js';
import type { WebhookAttempt } from '../../store/webhook.records.js';
import type { PostResult } from './transport/http-sender.js';
import type { AttemptEnd } from './delivery-queue.js';
import type { WebhookSettingsService } from '../registry/webhook-settings.service.js';

/** An attempt that is over. */
export interface FinishedAttempt {
  /** Of the delivery. */
  id: number;
  date: string;
  startedAt: number;
  result: PostResult;
}

/** Writes down what came of attempts. */
export class AttemptRecorder {
  private lastRunAt = Date.now();

  constructor(
    private readonly store: SandboxStore,
    private readonly settings: WebhookSettingsService,
  ) {}

  /** The flusher runs: its next run is a period away. */
  noteRun(): void {
    this.lastRunAt = Date.now();
  }

  /** Adds an attempt to its delivery; any 2XX acknowledges. */
  record({ id, date, startedAt, result }: FinishedAttempt): AttemptEnd {
    const delivery = this.store.webhooks.deliveries.get(id);
    if (delivery === undefined) {
      return 'dropped';
    }
    const acknowledged = result.status !== null && result.status >= 200 && result.status < 300;
    const { redate, flusherPeriodSeconds } = this.settings.read();
    const nextTry = new Date(this.lastRunAt + flusherPeriodSeconds * 1000).toISOString();
    this.store.webhooks.deliveries.put({
      ...delivery,
      attempts: [...delivery.attempts, attemptOf(startedAt, result)].slice(
        -SANDBOX_CHOICES.webhookLog.attempts,
      ),
      acknowledged,
      nextTry: acknowledged ? null : nextTry,
      signatureDate: redate ? delivery.signatureDate : date,
    });
    if (acknowledged) {
      return 'acknowledged';
    }
    return result.isTimeout ? 'timeout' : 'failed';
  }
}

function attemptOf(startedAt: number, { status, error }: PostResult): WebhookAttempt {
  return {
    at: new Date(startedAt).toISOString(),
    status,
    ...(error === undefined ? {} : { error }),
    ms: Date.now() - startedAt,
  };
}
