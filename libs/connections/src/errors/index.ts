export { CONNECTIONS_ERROR_CODES, type ConnectionsErrorCode } from './error-codes.js';
export { ConnectionsError, type ConnectionsErrorOptions } from './connections.error.js';
export { ConfigurationError } from './configuration.error.js';
export { CallbackRefusedError, type CallbackRefusal } from './callback-refused.error.js';
export { PowensApiError, type PowensFailure } from './powens-api.error.js';
export { ruleOf, type ErrorRule } from './error-rules.js';
export { CustodyError } from './custody.error.js';
export { StorageError } from './storage.error.js';
export { WebhookError, type WebhookRefusal } from './webhook.error.js';
