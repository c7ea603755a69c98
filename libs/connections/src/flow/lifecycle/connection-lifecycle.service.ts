import { Injectable } from '@nestjs/common';
import { ConfirmationService } from '../unconfirmed/confirmation.service.js';
import { ErasureService } from './erasure.service.js';
import { RemovalService } from './removal.service.js';
import { RepairStartService } from './repair-start.service.js';
import { SyncService } from './sync.service.js';

/**
 * What may be done with a connection after it was made, in one place for the public service.
 *
 * @internal
 */
@Injectable()
export class ConnectionLifecycleService {
  constructor(
    readonly starts: RepairStartService,
    readonly syncs: SyncService,
    readonly removals: RemovalService,
    readonly erasures: ErasureService,
    readonly confirmations: ConfirmationService,
  ) {}
}
