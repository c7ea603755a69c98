import type { Provider } from '@nestjs/common';
import { TokenImportService } from './token-import.service.js';

/**
 * Tokens that another system obtained.
 *
 * @internal
 */
export const TOKEN_IMPORT_PROVIDERS: Provider[] = [TokenImportService];
