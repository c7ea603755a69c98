import type { Provider } from '@nestjs/common';
import { AdmissionService } from './admission.service.js';

/**
 * Connections that no callback has confirmed.
 *
 * @internal
 */
export const QUARANTINE_PROVIDERS: Provider[] = [AdmissionService];
