import type { Provider } from '@nestjs/common';
import { TokenAccessService } from './token-access.service.js';
import { VisitUndo } from './visit-undo.service.js';

/**
 * The token of an attempt, and the undo of a visit.
 *
 * @internal
 */
export const EXCHANGE_PROVIDERS: Provider[] = [TokenAccessService, VisitUndo];
