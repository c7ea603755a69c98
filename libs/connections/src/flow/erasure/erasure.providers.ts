import type { Provider } from '@nestjs/common';
import { ErasureIntent } from './erasure-intent.service.js';
import { ErasureService } from './erasure.service.js';
import { OwnerMessages } from './owner-messages.service.js';

/**
 * Erasure of owners.
 *
 * @internal
 */
export const ERASURE_PROVIDERS: Provider[] = [OwnerMessages, ErasureIntent, ErasureService];
