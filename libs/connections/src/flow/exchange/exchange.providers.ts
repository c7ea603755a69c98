import type { Provider } from '@nestjs/common';
import { TokenAccessService } from './token-access.service.js';
import { Compensation } from './compensation.service.js';

/**
 * The token of an attempt, and its compensation.
 *
 * @internal
 */
export const EXCHANGE_PROVIDERS: Provider[] = [TokenAccessService, Compensation];
