import type { Provider } from '@nestjs/common';
import { ATTEMPT_AUTHENTICATOR } from '../connections.constants.js';
import { AuditRepository } from './audit/audit.repository.js';
import { AuditTrail } from './audit/audit-trail.service.js';
import { AttemptCustody } from './attempt-custody.service.js';
import { ConnectionCustody } from './connections/connection-custody.service.js';
import { ErasureRepository } from './erasure.repository.js';
import { LossRepository } from './losses/loss.repository.js';
import { PowensUserLeaseRepository } from './powens-user-lease.repository.js';
import { PowensUserRepository } from './powens-user.repository.js';
import { KeyRotationRepository } from './rotation/key-rotation.repository.js';
import { KeyRotationService } from './rotation/key-rotation.service.js';
import { Tenants } from './tenants/tenants.service.js';
import { TokenCustodyService } from './token-custody.service.js';

/**
 * Powens users, their sealed tokens, key rotation and losses.
 *
 * @internal
 */
export const CUSTODY_PROVIDERS: Provider[] = [
  PowensUserRepository,
  PowensUserLeaseRepository,
  ErasureRepository,
  Tenants,
  TokenCustodyService,
  ConnectionCustody,
  KeyRotationRepository,
  KeyRotationService,
  LossRepository,
  AuditRepository,
  AuditTrail,
  AttemptCustody,
  { provide: ATTEMPT_AUTHENTICATOR, useExisting: AttemptCustody },
];
