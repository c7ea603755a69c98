import type { Provider } from '@nestjs/common';
import { ConnectFlowService } from './connect-flow.service.js';
import { ProvisioningService } from './provisioning.service.js';
import { RepairStartService } from './repair-start.service.js';
import { ReturnToResolver } from './return-to.resolver.js';
import { WebviewService } from './webview.service.js';

/**
 * Starts of flows, and their callback.
 *
 * @internal
 */
export const CONNECT_PROVIDERS: Provider[] = [
  ReturnToResolver,
  ProvisioningService,
  WebviewService,
  RepairStartService,
  ConnectFlowService,
];
