import type { Provider } from '@nestjs/common';
import { AttemptRecovery } from './attempt-recovery.service.js';
import { AttemptRunner } from './attempt-runner.service.js';
import { ConnectCompletionService } from './connect-completion.service.js';
import { DurableCommit } from './durable-commit.service.js';
import { FailureService } from './failure.service.js';
import { FulfilmentService } from './fulfilment.service.js';
import { LostLease } from './lost-lease.service.js';
import { ReadBackService } from './read-back.service.js';
import { RepairCompletionService } from './repair-completion.service.js';
import { RepairReading } from './repair-reading.service.js';

/**
 * Completion of attempts: immediately after the callback, or later.
 *
 * @internal
 */
export const COMPLETION_PROVIDERS: Provider[] = [
  RepairReading,
  ReadBackService,
  DurableCommit,
  ConnectCompletionService,
  LostLease,
  FailureService,
  FulfilmentService,
  RepairCompletionService,
  AttemptRunner,
  AttemptRecovery,
];
