export { ConnectionsClientError } from './client-error.js';
export type {
  ConnectionsClientErrorCode,
  ConnectionsClientErrorDetails,
  ConnectionsProblem,
} from './client-error.js';
export { ConnectionsClient } from './connections-client.js';
export type {
  ClientAttempt,
  ClientCall,
  ClientCompletionRequest,
  ClientConnection,
  ClientConnectionPage,
  ClientLink,
  ClientLinkRequest,
  ClientListQuery,
  ClientManageRequest,
  ClientReconnectRequest,
  ClientStartedAttempt,
  ClientStartRequest,
  ConnectionsClientOptions,
} from './client.types.js';
export { webviewUrlOf } from './webview-url.js';
