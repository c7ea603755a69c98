import type { Provider } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import { AttemptsService } from '../../attempts/attempts.service.js';
import { ATTEMPT_AUTHENTICATOR } from '../../connections.constants.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import { TokenAccessService } from '../exchange/token-access.service.js';
import { ReadBackService } from './read-back.service.js';
import { DurableCommit } from './durable-commit.service.js';
import { ConnectCompletionService } from './connect-completion.service.js';
import { VisitUndo } from '../exchange/visit-undo.service.js';
import { LostLease } from './lost-lease.service.js';
import { FailureService } from './failure.service.js';
import { FulfilmentService } from './fulfilment.service.js';
import { RepairCompletionService } from './repair-completion.service.js';
import { AttemptRunner } from './attempt-runner.service.js';
import { AttemptRecovery } from './attempt-recovery.service.js';

/**
 * What issues attempts, and completes them: at once, or after something was lost.
 *
 * @internal
 */
export const COMPLETION_PROVIDERS: Provider[] = [
  AttemptRepository,
  AttemptClaimRepository,
  AttemptsService,
  AttemptCustody,
  { provide: ATTEMPT_AUTHENTICATOR, useExisting: AttemptCustody },
  TokenAccessService,
  ReadBackService,
  DurableCommit,
  ConnectCompletionService,
  VisitUndo,
  LostLease,
  FailureService,
  FulfilmentService,
  RepairCompletionService,
  AttemptRunner,
  AttemptRecovery,
];
