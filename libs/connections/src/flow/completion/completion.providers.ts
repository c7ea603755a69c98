import type { Provider } from '@nestjs/common';
import { AttemptCompletion } from './attempt-completion.service.js';
import { ConnectCompletionService } from './connect-completion.service.js';
import { FailAttempt } from './failure.service.js';
import { RepairCompletionService } from './repair-completion.service.js';

/**
 * Completion of attempts: immediately after the callback, or later.
 *
 * @internal
 */
export const COMPLETION_PROVIDERS: Provider[] = [
  ConnectCompletionService,
  RepairCompletionService,
  FailAttempt,
  AttemptCompletion,
];
