import type { Provider } from '@nestjs/common';
import { AdministrationRepository } from './administration.repository.js';
import { ConnectionsAdminService } from './connections-admin.service.js';

/**
 * Providers for operators.
 *
 * @internal
 */
export const ADMINISTRATION_PROVIDERS: Provider[] = [AdministrationRepository, ConnectionsAdminService];
