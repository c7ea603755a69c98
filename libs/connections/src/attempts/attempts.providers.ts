import type { Provider } from '@nestjs/common';
import { AttemptClaimRepository } from './attempt-claim.repository.js';
import { AttemptRepository } from './attempt.repository.js';
import { AttemptsService } from './attempts.service.js';
import { ShareLinkRepository } from './share-link.repository.js';

/**
 * Providers that issue, claim and end attempts.
 *
 * @internal
 */
export const ATTEMPTS_PROVIDERS: Provider[] = [
  AttemptRepository,
  AttemptClaimRepository,
  ShareLinkRepository,
  AttemptsService,
];
