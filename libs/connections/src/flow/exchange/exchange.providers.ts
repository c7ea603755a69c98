import type { Provider } from '@nestjs/common';
import { FlowLog } from './flow-log.js';
import { TokenAccessService } from './token-access.service.js';

/**
 * The token of an attempt, and the log of its steps.
 *
 * @internal
 */
export const EXCHANGE_PROVIDERS: Provider[] = [FlowLog, TokenAccessService];
