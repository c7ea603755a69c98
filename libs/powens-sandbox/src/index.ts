export { PowensSandboxModule } from './powens-sandbox.module.js';
export { startPowensSandbox } from './start-powens-sandbox.js';
export { SandboxStartError } from './start/sandbox-start.error.js';
export type { SandboxStartErrorCode } from './start/sandbox-start.error.js';
export type { ConnectionChange, PowensSandbox, TransactionChange, WebviewVisit } from './sandbox.handle.js';
export type { PowensSandboxOptions } from './sandbox.options.js';
export type { Ledger, LedgerConnection } from './admin/ledger.service.js';
export type {
  SandboxWebhooks,
  WebhookAuthInput,
  WebhookDeliverInput,
  WebhookRegistrationInput,
} from './admin/webhooks/sandbox-webhooks.js';
export type {
  WebhookLogEntry,
  WebhookRegistrationView,
  WebhookSent,
} from './admin/webhooks/webhook-admin.service.js';
export type { WebhookEventName } from './store/webhook-event.js';
export type { WebhookSettings } from './store/webhook.records.js';
export type { Fault, FaultKind } from './scenarios/fault.js';
export type { ProviderSettings } from './scenarios/provider-settings.service.js';
export type { Call } from './server/call-log.service.js';
export { CONFIG_TOKEN, DEFAULT_CLIENT, TEST_CREDENTIALS, USERS_TOKEN } from './sandbox.credentials.js';
