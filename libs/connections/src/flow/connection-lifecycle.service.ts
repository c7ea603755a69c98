import { Injectable } from '@nestjs/common';
import { requiredOwner } from '../options/owner-of.js';
import type { OwnerLike } from '../options/owner-resolver.interface.js';
import type { Owner } from '../values/owner.js';
import { TokenService } from './tokens/token.service.js';
import { TokenAudit } from './tokens/token-audit.service.js';
import { ConfirmationService } from './quarantine/confirmation.service.js';
import { ErasureService } from './erasure/erasure.service.js';
import { RemovalService } from './lifecycle/removal.service.js';
import { RepairStartService } from './connect/repair-start.service.js';
import { SyncService } from './lifecycle/sync.service.js';

/**
 * The operations on an existing connection, in one place for the public service. The audit hook records every operation that
 * changes something.
 *
 * @internal
 */
@Injectable()
export class ConnectionLifecycleService {
  constructor(
    readonly starts: RepairStartService,
    readonly confirmations: ConfirmationService,
    readonly audit: TokenAudit,
    private readonly tokens: TokenService,
    private readonly syncs: SyncService,
    private readonly removals: RemovalService,
    private readonly erasures: ErasureService,
  ) {}

  async sync(owner: OwnerLike, id: string): Promise<void> {
    await this.audit.act('connection.sync', owner, async (known) => this.syncs.sync(known, id), id);
  }

  async delete(owner: OwnerLike, id: string): Promise<void> {
    await this.audit.act('connection.delete', owner, async (known) => this.removals.delete(known, id), id);
  }

  async confirm(owner: OwnerLike, id: string): Promise<void> {
    const confirm = async (known: Owner): Promise<void> => this.confirmations.confirm(known, id);
    await this.audit.act('connection.confirm', owner, confirm, id);
  }

  async erase(owner: OwnerLike): Promise<void> {
    await this.audit.act('owner.erase', owner, async (known) => this.erasures.erase(known));
  }

  async renewToken(owner: OwnerLike): Promise<void> {
    // Records itself: concurrent callers share one renewal, and its one record.
    await this.tokens.renew(requiredOwner(owner));
  }

  async revokeToken(owner: OwnerLike): Promise<void> {
    await this.audit.act('token.revoke', owner, async (known) => this.tokens.revoke(known));
  }
}
