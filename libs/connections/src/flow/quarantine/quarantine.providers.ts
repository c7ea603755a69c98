import type { Provider } from '@nestjs/common';
import { AdmissionService } from './admission.service.js';
import { ConfirmationService } from './confirmation.service.js';
import { QuarantineService } from './quarantine.service.js';
import { UnconfirmedRemoval } from './unconfirmed-removal.service.js';

/**
 * Connections that no callback has confirmed.
 *
 * @internal
 */
export const QUARANTINE_PROVIDERS: Provider[] = [
  QuarantineService,
  UnconfirmedRemoval,
  AdmissionService,
  ConfirmationService,
];
