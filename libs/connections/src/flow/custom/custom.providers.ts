import type { Provider } from '@nestjs/common';
import { ConnectionSetup } from './connection-setup.service.js';
import { CustomConnectionsService } from './custom-connections.service.js';

/**
 * Connections created without the webview, for hosts that enable them.
 *
 * @internal
 */
export const CUSTOM_PROVIDERS: Provider[] = [CustomConnectionsService, ConnectionSetup];
