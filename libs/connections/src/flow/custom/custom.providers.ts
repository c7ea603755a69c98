import type { Provider } from '@nestjs/common';
import { ConnectionSetupClient } from './connection-setup-client.service.js';
import { ConnectionWriter } from './connection-writer.service.js';
import { CustomConnectionsService } from './custom-connections.service.js';

/**
 * Connections created without the webview, for hosts that enable them.
 *
 * @internal
 */
export const CUSTOM_PROVIDERS: Provider[] = [
  CustomConnectionsService,
  ConnectionSetupClient,
  ConnectionWriter,
];
