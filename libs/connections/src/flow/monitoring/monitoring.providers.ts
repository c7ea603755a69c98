import type { Provider } from '@nestjs/common';
import { BacklogService } from './backlog.service.js';
import { GaugesService } from './gauges.service.js';

/**
 * Providers that report what waits.
 *
 * @internal
 */
export const MONITORING_PROVIDERS: Provider[] = [BacklogService, GaugesService];
