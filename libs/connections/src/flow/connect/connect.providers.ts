import type { Provider } from '@nestjs/common';
import { ConnectFlowService } from './connect-flow.service.js';
import { FlowUrls } from './flow-urls.js';
import { LandingChoice } from './landing-choice.service.js';
import { ProvisioningService } from './provisioning.service.js';
import { TicketCompletion } from './ticket-completion.service.js';

/**
 * Starts of flows, and their callback.
 *
 * @internal
 */
export const CONNECT_PROVIDERS: Provider[] = [
  FlowUrls,
  LandingChoice,
  ProvisioningService,
  ConnectFlowService,
  TicketCompletion,
];
