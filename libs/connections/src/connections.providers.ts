import type { Provider } from '@nestjs/common';
import { ConnectionsDatabase } from './database/connections-database.js';
import { ATTEMPTS_PROVIDERS } from './attempts/attempts.providers.js';
import { CUSTODY_PROVIDERS } from './custody/custody.providers.js';
import { CONNECTION_REPOSITORIES } from './connections/connections.repositories.js';
import { OUTBOX_PROVIDERS } from './outbox/outbox.providers.js';
import { INBOX_PROVIDERS } from './webhooks/webhooks.providers.js';
import { CHANGES_PROVIDERS } from './flow/changes/changes.providers.js';
import { TOKEN_PROVIDERS } from './flow/tokens/tokens.providers.js';
import { TokenImportService } from './flow/token-import/token-import.service.js';
import { LOSSES_PROVIDERS } from './flow/losses/losses.providers.js';
import { LIFECYCLE_PROVIDERS } from './flow/lifecycle/lifecycle.providers.js';
import { AdmissionService } from './flow/quarantine/admission.service.js';
import { TokenAccessService } from './flow/exchange/token-access.service.js';
import { COMPLETION_PROVIDERS } from './flow/completion/completion.providers.js';
import { ErasureService } from './flow/erasure/erasure.service.js';
import { CONNECT_PROVIDERS } from './flow/connect/connect.providers.js';
import { ShareLinksService } from './flow/links/share-links.service.js';
import { RECONCILIATION_PROVIDERS } from './flow/reconciliation/reconciliation.providers.js';
import { WEBHOOK_PROVIDERS } from './flow/webhooks/webhook-processing.providers.js';
import { SWEEPER_PROVIDERS } from './flow/sweeper/sweeper.providers.js';
import { ADMINISTRATION_PROVIDERS } from './flow/administration/administration.providers.js';
import { BANK_DATA_PROVIDERS } from './flow/bank-data/bank-data.providers.js';
import { MONITORING_PROVIDERS } from './flow/monitoring/monitoring.providers.js';
import { SETUP_PROVIDERS } from './flow/setup/setup.providers.js';
import { HostRoutesService } from './http/host-routes/host-routes.service.js';
import { http, keyRing, keyRingLoader, resolvedOptions } from './connections.providers.factories.js';
import { ConnectionsService } from './flow/connections.service.js';
import { PublicRoutes } from './options/resolve/public-routes.js';
import { PowensClient } from './powens/powens.client.js';

/**
 * All providers of the module, for every registration; from the options and the edges up to the public services.
 *
 * @internal
 */
export const CONNECTIONS_PROVIDERS: Provider[] = [
  resolvedOptions,
  PublicRoutes,
  keyRingLoader,
  keyRing,
  http,
  PowensClient,
  ConnectionsDatabase,
  ...ATTEMPTS_PROVIDERS,
  ...CUSTODY_PROVIDERS,
  ...CONNECTION_REPOSITORIES,
  ...OUTBOX_PROVIDERS,
  ...INBOX_PROVIDERS,
  ...CHANGES_PROVIDERS,
  ...TOKEN_PROVIDERS,
  TokenImportService,
  ...LOSSES_PROVIDERS,
  ...LIFECYCLE_PROVIDERS,
  AdmissionService,
  TokenAccessService,
  ...COMPLETION_PROVIDERS,
  ErasureService,
  ...CONNECT_PROVIDERS,
  ShareLinksService,
  ...RECONCILIATION_PROVIDERS,
  ...WEBHOOK_PROVIDERS,
  ...SWEEPER_PROVIDERS,
  ...BANK_DATA_PROVIDERS,
  ...MONITORING_PROVIDERS,
  ...ADMINISTRATION_PROVIDERS,
  ...SETUP_PROVIDERS,
  ConnectionsService,
  HostRoutesService,
];
