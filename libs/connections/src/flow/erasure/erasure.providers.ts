import type { Provider } from '@nestjs/common';
import { ErasureService } from './erasure.service.js';

/**
 * Erasure of owners.
 *
 * @internal
 */
export const ERASURE_PROVIDERS: Provider[] = [ErasureService];
