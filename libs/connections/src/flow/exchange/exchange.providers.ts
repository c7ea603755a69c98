import type { Provider } from '@nestjs/common';
import { TokenAccessService } from './token-access.service.js';

/**
 * The token of an attempt.
 *
 * @internal
 */
export const EXCHANGE_PROVIDERS: Provider[] = [TokenAccessService];
