import type { WebhookSettings } from '../../store/webhook.records.js';
import type {
  WebhookAdmin,
  WebhookLogEntry,
  WebhookRegistrationView,
  WebhookSent,
} from './webhook-admin.service.js';
import type { WebhookEventName } from '../../store/webhook-event.js';

/** How the receiver recognises the sender; left out, not at all. */
export type WebhookAuthInput =
  | { type: 'none' }
  | { type: 'bearer' }
  | { type: 'hmac_signature'; secret: string }
  | { type: 'oauth'; url: string; clientId: string; clientSecret: string; scope?: string };

/** One URL that wants one event. */
export interface WebhookRegistrationInput {
  event: WebhookEventName;
  url: string;
  auth?: WebhookAuthInput | null;
}

/** An event to fire, or the `idWebhookData` of one to send again. */
export type WebhookDeliverInput = (
  | {
      event: WebhookEventName;
      idUser?: number;
      idConnection?: number;
      idAccount?: number;
      idSubscription?: number;
      /** Merged over what the ids make; without ids, the body itself. */
      body?: Record<string, unknown>;
      /** Sent as it stands, JSON or not. */
      raw?: string;
      /** Send the whole history, as the first synchronisation does. */
      first?: boolean;
    }
  | { idWebhookData: number }
) & {
  /** How many more times to send the very same. */
  duplicate?: number;
  /** Another `BI-Signature-Date` than now. */
  signatureDate?: string;
};

/** Webhooks of a running sandbox, for tests in the same process. */
export interface SandboxWebhooks {
  /** Registers a URL for an event; again with the same two, it only changes how it is authenticated. */
  register(registration: WebhookRegistrationInput): WebhookRegistrationView;
  /** Every registration, without secrets. */
  registrations(): WebhookRegistrationView[];
  /** Takes every registration away. */
  clear(): void;
  /** Sends now, whether anything happened or not, and returns the attempts. */
  deliver(asked: WebhookDeliverInput): Promise<WebhookSent>;
  /** Attempts what is not acknowledged, held back or not; messages named by `order` first. */
  flush(order?: number[]): Promise<WebhookLogEntry[]>;
  /** Changes how webhooks are sent, and returns the settings in force. */
  configure(changes?: Partial<WebhookSettings>): WebhookSettings;
  /** The deliveries that are remembered, newest last. */
  log(): WebhookLogEntry[];
  /**
   * Resolves when nothing is pending or under way. What is withheld for a temporary user does not count; what a receiver
   * refuses does.
   */
  idle(): Promise<void>;
}

/** The handle on a running sandbox. */
export function webhooksHandle(admin: WebhookAdmin): SandboxWebhooks {
  return {
    register: (registration) => admin.register(registration),
    registrations: () => admin.registrations(),
    clear: () => admin.clear(),
    deliver: (asked) => admin.deliver(asked),
    flush: (order = []) => admin.flush({ order }),
    configure: (changes = {}) => admin.configure(changes),
    log: () => admin.log(),
    idle: () => admin.idle(),
  };
}
