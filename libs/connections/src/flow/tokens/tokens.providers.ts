import type { Provider } from '@nestjs/common';
import { PowensUserLock } from './powens-user-lock.service.js';
import { TokenAudit } from './token-audit.service.js';
import { TokenRenewal } from './token-renewal.service.js';
import { TokenService } from './token.service.js';

/**
 * Use, renewal, revocation and audit of tokens.
 *
 * @internal
 */
export const TOKEN_PROVIDERS: Provider[] = [PowensUserLock, TokenAudit, TokenRenewal, TokenService];
